"""What happened and why: every decision as plain data, and what operators recorded themselves."""
