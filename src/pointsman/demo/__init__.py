"""The demonstration: stand-in model servers, a small real model, and prompts to send."""
