"""What a person types and reads on the terminal; one module per command."""
