"""Front ends on the data plane: thin translators between a protocol and the exchange."""
