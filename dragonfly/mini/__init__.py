"""Dragonfly-mini, the small model that ships, and the synthetic slides it trains on."""
