"""What travels: chat bodies, the text a router reads in them, server-sent events. No IO."""
