"""Drift: whether model versions still answer as they did, week by week.

It reads what questions, reviews and slides have recorded, and keeps nothing of its own.
"""
