"""Questions, their states, their events, answers and evidence."""
