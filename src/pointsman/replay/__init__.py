"""What a new policy would have done with what was recorded: decided again, nothing is sent."""
