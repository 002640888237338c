"""The one shared pass: a text in, every head's calibrated reading out."""
