"""The command line's commands, grouped by what their reader wants to get done."""
