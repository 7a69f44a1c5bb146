"""Pure rules: given facts and a clock reading, what is allowed, owed, due and proven."""
