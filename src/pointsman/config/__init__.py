"""The operator's file: its schema, its loader, and what it becomes."""
