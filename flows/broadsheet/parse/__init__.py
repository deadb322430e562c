"""Raw records to parsed articles: the article told from its page."""
