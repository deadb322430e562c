"""Rows to an immutable, versioned release."""
