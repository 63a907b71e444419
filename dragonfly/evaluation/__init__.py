"""Measures a model on published data sets, and others with the same ruler.

Needs neither a slide nor torch: a model enters only as a callable that turns
items into answers, so a file of predictions made elsewhere is scored the same way.
"""
