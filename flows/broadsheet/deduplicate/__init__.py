"""Copies found, told apart and folded."""
