"""Jobs: questions that a program asks about what it has sent, and waits for."""
