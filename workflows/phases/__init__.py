"""The phases of a shortage case, in the order a case lives through them."""
