"""What the dataset's policy masks, refuses and keeps."""

import pytest

from broadsheet.normalize import normalize
from broadsheet.normalize.ids import article_id
from broadsheet.reasons import Reason
from broadsheet.records import Rejection

CONTACT = (
    "The harbour council voted on Tuesday to reopen the old ferry line before the summer, and the "
    "clerk answers questions at clerk@shore.example or +44 20 7946 0958 until the end of May."
)


def test_masking_is_typed_counted_and_noted(parsed, config):
    settings = config(privacy={"mask": ["email", "phone"]})
    article = parsed(("title", "Write to clerk@shore.example"), text=CONTACT)

    (row,) = normalize([article], settings)

    assert row.text.endswith("at [email] or [phone] until the end of May.")
    assert row.title == "Write to [email]"
    assert row.n_masked == 3
    assert row.notes == (Reason.PRIVACY_EMAIL, Reason.PRIVACY_PHONE)
    assert "clerk@" not in str(row)
    assert row.n_chars == len(row.text)


def test_masking_changes_no_id(parsed, config):
    (plain,) = normalize([parsed(text=CONTACT)], config())
    (masked,) = normalize([parsed(text=CONTACT)], config(privacy={"mask": ["email"]}))

    assert masked.id == plain.id
    assert plain.text == CONTACT


def test_a_token_is_masked_unless_the_policy_says_otherwise(parsed, config):
    token = "AKIA" + "Q7" * 8

    (row,) = normalize([parsed(text=f"{CONTACT} {token}")], config())

    assert token not in row.text
    assert row.notes == (Reason.PRIVACY_SECRET,)


def test_the_excerpt_of_a_rejection_is_masked(parsed, config):
    settings = config(privacy={"mask": ["email"]})

    (rejection,) = normalize([parsed(text="Write to jo@shore.example")], settings)

    assert rejection.excerpt == "Write to [email]"


PAGE = "https://www.shore.example/2024/ferry"


@pytest.mark.parametrize(
    "listed",
    [
        {"ids": [article_id(PAGE, "")]},
        {"ids": [article_id(None, CONTACT)]},
        {"urls": ["http://shore.example/2024/ferry/?utm_source=feed"]},
        {"domains": ["shore.example"]},
        {"domains": ["example"]},
    ],
)
def test_what_is_taken_down_leaves_nothing_but_the_fact(parsed, config, listed):
    settings = config(takedown=listed)

    (rejection,) = normalize([parsed(("url", PAGE), text=CONTACT)], settings)

    assert isinstance(rejection, Rejection)
    assert (rejection.reason, rejection.excerpt) == (Reason.RIGHTS_TAKEDOWN, "")
    assert "ferry" not in rejection.detail


def test_what_is_not_listed_stays(parsed, config):
    settings = config(takedown={"ids": ["aaaaaaaaaaaaaaaa"], "domains": ["ore.example"]})

    (row,) = normalize([parsed(("url", PAGE))], settings)

    assert row.url == PAGE


RIGHTS = (
    ("rights", "noindex, noai", "meta.robots"),
    ("rights", "1", "meta.tdm-reservation"),
    ("rights", "https://creativecommons.org/licenses/by/4.0/", "link.license"),
)


def test_statements_of_rights_are_kept_with_their_evidence(parsed, config):
    (row,) = normalize([parsed(*RIGHTS)], config())

    assert row.rights == (
        "robots: noindex, noai",
        "tdm-reservation: 1",
        "license: https://creativecommons.org/licenses/by/4.0/",
    )
    assert "rights" in {evidence.field for evidence in row.evidence}


@pytest.mark.parametrize(("stated", "is_refused"), [(0, True), (1, True), (2, False)])
def test_reserved_pages_are_excluded_on_request(parsed, config, stated, is_refused):
    settings = config(rights={"exclude_reserved": True})

    (row,) = normalize([parsed(RIGHTS[stated])], settings)

    assert isinstance(row, Rejection) == is_refused
    assert not is_refused or row.reason == Reason.RIGHTS_RESERVED
