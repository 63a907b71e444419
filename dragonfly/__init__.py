"""Dragonfly for pathology: knows how to look at a slide; no web, no queue."""
