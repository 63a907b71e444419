"""From bytes that have arrived to a slide that can be looked at."""
