"""Asking other archives: which studies they have (C-FIND), and to send one (C-MOVE)."""
