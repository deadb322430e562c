"""Raw bytes to raw records."""
