"""What the operator wants, as values and pure functions: no clock, no chance, no IO."""
