"""Scripts in which other people's programs read a slide; each a process of its own."""
