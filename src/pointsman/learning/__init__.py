"""Workbench for operators: heads of their own, fitted with numpy on the frozen encoder.

`pointsman learn` calls it; nothing that serves imports it.
"""
