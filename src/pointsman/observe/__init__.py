"""What happened and why: every decision as plain data."""
