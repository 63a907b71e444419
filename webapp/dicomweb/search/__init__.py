"""QIDO-RS: searching the index (PS3.18 section 10.6)."""
