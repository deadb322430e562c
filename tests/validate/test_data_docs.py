"""Great Expectations' Data Docs: all rules are on them, in words, and no value is markup."""

import re
from dataclasses import replace

import pytest

from broadsheet.validate import check_rows, render_data_docs
from broadsheet.validate.data_docs import INDEX

MARKUP = '</td><script>alert(1)</script><img src="http://127.0.0.1/x">'


@pytest.fixture(scope="module")
def pages(staged, suites):
    verdict = check_rows(staged({"id": "7"}, {"language": MARKUP}), suites.batch).verdict
    hostile = replace(
        verdict,
        faults=(MARKUP,),
        results=tuple(replace(r, samples=(MARKUP,)) if r.samples else r for r in verdict.results),
    )
    return render_data_docs([(suites.batch, hostile)], title=MARKUP)


def test_each_suite_has_a_page_and_the_index_leads_to_it(pages, suites):
    name = f"{suites.batch.name}.html"
    assert set(pages) == {INDEX, name}
    assert f'href="{name}"'.encode() in pages[INDEX]


def test_rules_are_said_in_the_words_of_their_renderers(pages, suites):
    page = pages[f"{suites.batch.name}.html"].decode()
    assert "Values in n_chars and text_chars must always be equal." in page
    assert "url is an http or https URL in canonical form." in page
    assert "published_on lies between 1605-01-01 and " in page
    assert "language is a BCP 47 language tag." in page
    assert page.count('<div class="pre failed">not met</div>') == 2
    assert page.count('<div class="pre">met</div>') == len(suites.batch.expectations) - 2
    assert "$column" not in page


def test_nothing_is_markup_and_nothing_is_asked_for(pages):
    for page in pages.values():
        text = page.decode()
        assert "<script" not in text
        assert "<img" not in text
        assert "default-src 'none'" in text
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
        assert "&lt;script&gt;" in text


def test_the_same_verdict_gives_the_same_bytes(staged, suites):
    verdict = check_rows(staged(), suites.batch).verdict
    first, second = (render_data_docs([(suites.batch, verdict)], title="t") for _ in range(2))
    assert first == second
