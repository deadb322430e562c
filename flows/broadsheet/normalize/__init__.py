"""Parsed articles to rows: strings made facts, with the doubt stated."""
