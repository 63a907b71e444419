"""WADO-RS: objects, metadata, frames and bulk data (PS3.18 section 10.4)."""
