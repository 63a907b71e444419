"""Training: data and a YAML file in, a checkpoint folder out.

Needs no queue and no web framework; it runs in one process or in many.
"""
