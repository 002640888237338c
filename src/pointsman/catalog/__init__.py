"""The models we may send to, and how each family speaks of reasoning. No IO."""
