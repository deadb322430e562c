"""broadsheet turns a folder of raw, scraped news into a dataset that others can trust."""

__version__ = "0.1.0"
