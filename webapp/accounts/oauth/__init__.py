"""OAuth 2 for machines: client credentials, JSON Web Tokens, and taking them back."""
