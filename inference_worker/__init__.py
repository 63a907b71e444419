"""The worker: it turns messages into engine calls, and knows no web framework."""
