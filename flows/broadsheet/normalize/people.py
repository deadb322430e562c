"""Authors and agencies of an article, from all its witnesses."""

from broadsheet.normalize.authors import agency_name, read_byline
from broadsheet.normalize.found import Found, by_witness
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
        named = read_byline(witness.value, outlet_names).people
        if named:
            rule = witness.rule
            people |= dict.fromkeys(named)
            evidence = evidence or by_witness("authors", witness)
    return Found(tuple(people), evidence)


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
