"""Commands about fine-tune jobs."""
