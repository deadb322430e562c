"""Authors and agencies of an article, from all its witnesses."""

from collections.abc import Iterable

from broadsheet.normalize.authors import agency_name, read_byline
from broadsheet.normalize.found import Found, by_witness
from broadsheet.normalize.outlets import by_name
from broadsheet.records import Evidence, ParsedArticle


def find_authors(parsed: ParsedArticle, outlet_names: tuple[str, ...]) -> Found[tuple[str, ...]]:
    """Return the people whom the most trusted rule names as authors.

    Args:
        parsed: the article.
        outlet_names: names of the outlet, which are none of people.

    """
    people: dict[str, None] = {}
    evidence: tuple[Evidence, ...] = ()
    rule = None
    for witness in parsed.of("author"):
        if rule not in {None, witness.rule}:
            break  # another rule tells the same people again, perhaps written otherwise
        byline = read_byline(witness.value, outlet_names)
        named = tuple(name for name in byline.people if not _is_outlet(name))
        if named:
            rule = witness.rule
            people |= dict.fromkeys(named)
            evidence = evidence or by_witness("authors", witness)
    authors = tuple(name for name in people if not _is_beside_full_names(name, people))
    return Found(authors, evidence if authors else ())


def _is_outlet(name: str) -> bool:
    """Tell whether a name of several words is that of a registered outlet."""
    return " " in name and by_name(name) is not None


def _is_beside_full_names(name: str, people: Iterable[str]) -> bool:
    """Tell whether a single word stands beside full names: a desk or a place, no person."""
    return name.isascii() and " " not in name and any(" " in other for other in people)


def find_agencies(parsed: ParsedArticle) -> Found[tuple[str, ...]]:
    """Return the wire agencies that the article credits, in bylines or elsewhere."""
    agencies: dict[str, None] = {}
    evidence: tuple[Evidence, ...] = ()
    for witness in (*parsed.of("agency"), *parsed.of("author")):
        if witness.field == "agency":
            named: tuple[str, ...] = (agency_name(witness.value) or witness.value.strip(),)
        else:
            named = read_byline(witness.value).agencies
        if named:
            agencies |= dict.fromkeys(named)
            evidence = evidence or by_witness("agencies", witness)
    return Found(tuple(agencies), evidence)
