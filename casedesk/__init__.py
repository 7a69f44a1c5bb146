"""The only door for callers: settings, connection, embedded server, cases, imports."""
