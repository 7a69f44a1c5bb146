"""Durable orchestration: one module per workflow type, phases shared by the shortage cases."""
