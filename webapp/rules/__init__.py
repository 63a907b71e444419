"""Rules: what is asked of slides as they come, without anybody asking."""
