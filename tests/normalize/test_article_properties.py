"""Whatever the witnesses hold, a row comes out that Arrow can store, and always the same."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.normalize import normalize
from broadsheet.records import Article, Field, ParsedArticle, Source, Witness
from broadsheet.tables import articles_to_table

ANYTHING = st.text(st.characters(), max_size=60)  # surrogates and controls, too
PLAUSIBLE = st.sampled_from(
    [
        "https://news.example/a?utm_source=x",
        "javascript:alert(1)",
        "By Mara Lindqvist and Jo Li, Reuters",
        "March 1, 2024 9:30 AM ET",
        "2024-03-01T23:30:00Z",
        "01/02/2024",
        "3 hours ago",
        "en-GB",
        "noai",
        "Harbour Gazette",
    ]
)
WITNESSES = st.builds(
    Witness,
    field=st.sampled_from(get_args(Field)),
    value=ANYTHING | PLAUSIBLE,
    rule=st.sampled_from(
        ["field.x", "jsonld.published", "link.canonical", "meta.robots", "byline"]
    ),
    confidence=st.floats(0, 1),
    excerpt=ANYTHING,
)
ARTICLES = st.builds(
    ParsedArticle,
    source=st.just(Source("a.txt", None, 0, 0, "0" * 64, "text")),
    text=ANYTHING | st.just("The harbour council voted to reopen the old ferry line. " * 4),
    witnesses=st.lists(WITNESSES, max_size=8).map(tuple),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(articles=st.lists(ARTICLES, max_size=4))
def test_any_witnesses_make_storable_rows_and_the_same_ones_again(articles, config):
    settings_ = config(privacy={"mask": ["email", "phone", "ip", "secret"]})

    rows = normalize(articles, settings_)

    assert len(rows) == len(articles)
    assert articles_to_table([row for row in rows if isinstance(row, Article)]).validate() is None
    assert normalize(articles, settings_) == rows
    assert normalize(articles[::-1], settings_) == rows[::-1]
