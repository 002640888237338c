"""Answers given before, and whether one of them may be given again."""
