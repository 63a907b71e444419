"""Model versions: which checkpoint answers."""
