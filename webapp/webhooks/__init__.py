"""Webhooks: other people's programs are told that something of theirs has ended."""
