"""STOW-RS: objects on their way in (PS3.18 section 10.5)."""
