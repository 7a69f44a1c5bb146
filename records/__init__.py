"""What must outlive the workflow engine's retention, in SQLite or PostgreSQL."""
