"""Articles to judge: a good one, and good ones with one thing changed."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from broadsheet.records import Article, Evidence, Precision, Source
from broadsheet.tables import ARTICLE, articles_to_table
from broadsheet.validate import RELEASE_COLUMNS, load_suites

TEXT = """\
The harbour council of Brell agreed on Monday to dredge the old basin before winter.

Fishing boats have had to wait for the tide since a storm moved the bank in March, and two ran \
aground within sight of the pier.

The work will take six weeks and cost less than the repairs of last year, the council said."""


def make_id(number):
    return "harbour" + f"{number:09d}".translate(str.maketrans("0189", "abcd"))


def make_article(number=0, **changes):
    article = {
        "id": make_id(number),
        "text": TEXT,
        "source": Source(f"raw/{number}.txt", None, 0, 400, f"{number:064x}", "text"),
        "url": f"https://www.brellpost.example/harbour/{number}",
        "title": f"Brell dredges its harbour, part {number}",
        "authors": ("Ilse Amonde",),
        "agencies": ("Brell Wire",),
        "outlet": "The Brell Post",
        "outlet_domain": "brellpost.example",
        "outlet_country": "GB",
        "published_at": datetime(2024, 3, 4, 9, 30, tzinfo=UTC),
        "published_on": date(2024, 3, 4),
        "published_precision": Precision.MINUTE,
        "modified_at": datetime(2024, 3, 4, 11, 0, tzinfo=UTC),
        "language": "en",
        "language_score": 0.99,
        "n_words": len(TEXT.split()),
        "n_chars": len(TEXT),
        "evidence": (Evidence(field="title", rule="heading", confidence=0.9, excerpt="Brell"),),
        "notes": (),
    }
    return Article(**article | changes)


@pytest.fixture(scope="session", name="make_article")
def _make_article():
    """Make an article, good but for what is changed."""
    return make_article


@pytest.fixture
def id_of():
    """Return the id of an article by its number."""
    return make_id


@pytest.fixture(scope="session")
def staged():
    """Make a table of staged articles: ten good ones, then one for each dict of changes."""

    def make(*changes, good=10):
        rows = [make_article(n) for n in range(good)]
        rows += [make_article(good + n, **change) for n, change in enumerate(changes)]
        return articles_to_table(rows)

    return make


@pytest.fixture(scope="session")
def released(staged):
    """Make the projection of a release: ten good rows, then one for each dict of changes."""

    def make(*changes, good=10, **columns):
        table = staged(*changes, good=good)
        rows = table.num_rows
        for field in (f for f in ARTICLE.schema if f.name not in table.column_names):
            filler = pa.nulls(rows, field.type)
            if not field.nullable:
                filler = 0 if pa.types.is_integer(field.type) else table.column("id")
            filler = pa.array([0] * rows, field.type) if isinstance(filler, int) else filler
            table = table.append_column(field, filler)
        for field in ARTICLE.schema:
            if field.name not in table.schema.names:
                table = table.append_column(field, pa.nulls(rows, field.type))
        for name, values in columns.items():
            index = table.schema.get_field_index(name)
            table = table.set_column(index, name, pa.array(values, table.schema.field(name).type))
        return table.select(RELEASE_COLUMNS)

    return make


@pytest.fixture(scope="session")
def suites():
    """Return the shipped suites."""
    return load_suites()
