"""Small pure functions from texts to a score; each says which paper defines it."""
