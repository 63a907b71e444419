"""One script per performance goal; each prints a ratio against a named reference."""
