"""Uploads, ingest, slides and their tiles."""
