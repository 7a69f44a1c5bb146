"""Alembic's scripts; `records.migration` runs them, nothing else should."""
