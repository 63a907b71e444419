"""De-identified copies: of what arrives, of what is exported, of what is delivered."""
