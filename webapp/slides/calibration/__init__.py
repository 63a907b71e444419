"""The pixel size of a slide, set by a person who knows it."""
