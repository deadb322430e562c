"""ParsedArticle -> Article: dates, outlets, URLs, authors, language, words, ids."""

from broadsheet.normalize.article import normalize
from broadsheet.normalize.ids import article_id, known_as
from broadsheet.normalize.outlets_shipped import registry_for
from broadsheet.normalize.policy import takedown_list

__all__ = ["article_id", "known_as", "normalize", "registry_for", "takedown_list"]
