"""Workbench: measures pointsman; serving never imports it."""
