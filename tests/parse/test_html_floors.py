"""How well HTML must be read: floors of each figure on pages made for it.

A change that lowers a figure by more than the tolerance fails here. Real pages, which are too many
and not ours to keep, are scored by ``make bench``.

Each story is told in each layout; the places do not exist. Layouts differ in what they state and
how; all carry what misleads: menus, related stories with dates of their own, readers' comments,
captions, calls to subscribe.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadsheet.parse.html import parse_html
from broadsheet.parse.html_days import stated_day
from broadsheet.records import RawRecord, Source

PATH = Path(__file__).parents[1] / "golden" / "html_floors.toml"


@dataclass(frozen=True)
class Story:
    """What an article says, whatever page shows it."""

    language: str
    title: str
    author: str
    by: str
    day: str
    written: str
    other_day: str
    subscribe: str
    related: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """What is right about a page; null where the page states nothing."""

    title: str
    authors: tuple[str, ...]
    day: str | None
    paragraphs: tuple[str, ...]


STORIES = tuple(
    Story(**{**story, "paragraphs": tuple(story["paragraphs"])})
    for story in tomllib.loads(PATH.read_text(encoding="utf-8"))["stories"]
)
SITE = "Harrowmere Courier"
SECOND = "Nora Quill"


def _menu() -> str:
    links = "".join(f'<li><a href="/s/{number}">Section {number}</a></li>' for number in range(9))
    return f'<nav class="menu"><ul>{links}</ul></nav>'


def _related(story: Story) -> str:
    items = "".join(
        f'<li><a href="/r/{number}">{story.related} {number}</a>'
        f" <span>{story.other_day}</span></li>"
        for number in range(4)
    )
    return f'<aside class="related"><ul>{items}</ul></aside>'


def _comments(story: Story) -> str:
    return (
        f'<div class="comments"><p class="comment-author">kestrel77</p><p>{story.other_day}</p>'
        f"<p>{story.related}!</p></div>"
    )


def _body(story: Story, tag: str = "p") -> str:
    return "".join(f"<{tag}>{paragraph}</{tag}>" for paragraph in story.paragraphs)


def _page(story: Story, head: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{story.language}"><head><title>{story.title} | {SITE}</title>'
        f"{head}</head><body>{_menu()}{body}{_related(story)}"
        f"<footer><p>{story.subscribe}</p><p>© 2025 {SITE}</p></footer></body></html>"
    )


def graph(story: Story) -> tuple[str, Truth]:
    """JSON-LD through ``@graph`` and ``@id``."""
    data = {
        "@graph": [
            {"@type": "Person", "@id": "#a", "name": story.author},
            {
                "@type": "NewsArticle",
                "headline": story.title,
                "datePublished": f"{story.day}T08:30:00+01:00",
                "dateModified": "2024-12-30T10:00:00Z",
                "author": {"@id": "#a"},
            },
        ]
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    text = f'<article><h1>{story.title}</h1><div class="story-body">{_body(story)}</div></article>'
    return _page(story, head, text), Truth(
        story.title, (story.author,), story.day, story.paragraphs
    )


def meta(story: Story) -> tuple[str, Truth]:
    """Open Graph and meta names, and a caption with its credit in the body."""
    head = (
        f'<meta property="og:title" content="{story.title}">'
        f'<meta property="article:published_time" content="{story.day}T06:00:00Z">'
        f'<meta name="author" content="{story.author}">'
    )
    figure = "<figure><img src=a.jpg><figcaption>Photo: Getty Images</figcaption></figure>"
    text = f'<main><h1>{story.title}</h1>{figure}<div class="entry-content">{_body(story)}</div>'
    text += f"{_comments(story)}</main>"
    return _page(story, head, text), Truth(
        story.title, (story.author,), story.day, story.paragraphs
    )


def microdata(story: Story) -> tuple[str, Truth]:
    """Microdata, and a call to subscribe between two paragraphs."""
    call = f'<div class="newsletter-box"><a href="/nl">{story.subscribe}</a></div>'
    first, *rest = story.paragraphs
    body = f"<p>{first}</p>{call}" + "".join(f"<p>{paragraph}</p>" for paragraph in rest)
    text = (
        '<article itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{story.title}</h1><span itemprop="author" itemscope>'
        f'<span itemprop="name">{story.author}</span></span>'
        f'<time itemprop="datePublished" datetime="{story.day}">{story.written}</time>'
        f'<div itemprop="articleBody">{body}</div></article>'
    )
    return _page(story, "", text), Truth(story.title, (story.author,), story.day, story.paragraphs)


def shown(story: Story) -> tuple[str, Truth]:
    """No metadata at all: headline, byline and date as a reader sees them."""
    text = (
        f'<div id="content"><h1>{story.title}</h1><p class="byline">{story.by} {story.author}</p>'
        f'<p class="date">{story.written}</p>{_body(story)}{_comments(story)}</div>'
    )
    return _page(story, "", text), Truth(story.title, (story.author,), story.day, story.paragraphs)


def lines(story: Story) -> tuple[str, Truth]:
    """A table for a layout, lines that ``<br>`` ends; neither author nor date is stated."""
    body = "<br><br>".join(story.paragraphs)
    text = (
        "<table><tr><td width=200><a href=/>Home</a><br><a href=/m>Map</a></td>"
        f"<td><h2>{story.title}</h2><font size=2>{body}</font></td></tr></table>"
    )
    return _page(story, "", text), Truth(story.title, (), None, story.paragraphs)


def wire(story: Story) -> tuple[str, Truth]:
    """A byline that nothing marks, with two authors and their agency."""
    head = f'<meta property="article:published_time" content="{story.day}T06:00:00Z">'
    text = (
        f"<article><h1>{story.title}</h1><p>{story.by} {story.author}, {SECOND}, Reuters</p>"
        f"<p>{story.written}</p>{_body(story)}</article>{_comments(story)}"
    )
    truth = Truth(story.title, (story.author, SECOND), story.day, story.paragraphs)
    return _page(story, head, text), truth


def kicker(story: Story) -> tuple[str, Truth]:
    """A kicker and a standfirst set in the element of the headline."""
    head = f'<meta property="article:published_time" content="{story.day}T06:00:00Z">'
    text = (
        f'<article><h1><span class="kicker">{story.related}</span> {story.title}'
        f'<span class="dek">{story.subscribe}</span></h1>'
        f'<p class="byline">{story.by} {story.author}</p>{_body(story)}</article>'
    )
    return _page(story, head, text), Truth(
        story.title, (story.author,), story.day, story.paragraphs
    )


LAYOUTS: tuple[Callable[[Story], tuple[str, Truth]], ...] = (
    graph,
    meta,
    microdata,
    shown,
    lines,
    wire,
    kicker,
)


def pages() -> Iterator[tuple[str, str, Truth]]:
    """Yield name, HTML and truth of every page."""
    for story in STORIES:
        for layout in LAYOUTS:
            page, truth = layout(story)
            yield f"{story.language} {layout.__name__}", page, truth


SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
TOLERANCE = 0.02
FLOORS = {
    "body F1": 1.0,
    "title right": 1.0,
    "date right": 1.0,
    "author F1": 0.98,
    "abstains right": 1.0,
}


def shared(truth, found):
    """Return the F1 of two lists of words or names."""
    common = sum((Counter(truth) & Counter(found)).values())
    return 2 * common / (len(truth) + len(found)) if truth or found else 1.0


def first(article, name):
    return next((witness.value for witness in article.of(name)), None)


def day_of(value):
    found = stated_day(value, "DMY")
    return found and found.day.isoformat()


def judge(html, truth):
    """Return the figures of one page; None where a figure does not apply."""
    article = parse_html(RawRecord(source=SOURCE, text=html, media="html"))
    agencies = {witness.value for witness in article.of("agency")}
    named = dict.fromkeys(witness.value for witness in article.of("author"))
    authors = [name for name in named if name not in agencies]
    day = next((day_of(witness.value) for witness in article.of("published")), None)
    is_silent = truth.day is None
    return {
        "body F1": shared(" ".join(truth.paragraphs).split(), article.text.split()),
        "title right": float(first(article, "title") == truth.title),
        "date right": None if is_silent else float(truth.day == day),
        "author F1": shared(truth.authors, authors) if truth.authors else None,
        "abstains right": float(not authors and day is None) if is_silent else None,
    }


@pytest.fixture(scope="module")
def figures():
    """Return the figures of every page by its name."""
    return {name: judge(html, truth) for name, html, truth in pages()}


@pytest.mark.parametrize("figure", FLOORS)
def test_no_figure_falls_below_its_floor(figures, figure):
    known = {name: f[figure] for name, f in figures.items() if f[figure] is not None}
    share = sum(known.values()) / len(known)
    below = sorted((value, name) for name, value in known.items() if value < 1)
    assert share >= FLOORS[figure] - TOLERANCE, f"{share:.3f}; lowest: {below[:8]}"


def test_there_are_enough_pages_to_judge_by(figures):
    assert len(figures) >= 20
