"""ParsedArticle -> Article: dates, outlets, URLs, authors, language, words, ids."""

from broadsheet.normalize.article import normalize

__all__ = ["normalize"]
