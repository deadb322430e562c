"""ParsedArticle -> Article: dates, outlets, URLs, authors, language, words, ids."""

from broadsheet.normalize.article import normalize
from broadsheet.normalize.outlets_registry import registry_for

__all__ = ["normalize", "registry_for"]
