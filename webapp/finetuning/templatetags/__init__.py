"""Words for numbers on the pages of jobs."""
