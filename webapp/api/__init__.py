"""What every REST view shares: problem details, pages, permissions."""
