"""A candidate beside the version that answers now, and models that come from outside.

Run as a process of its own: what goes wrong here ends nothing else.
"""
