"""Wire credits, bylines, dates and phrases of page chrome, each on one line."""

import pytest

from broadsheet.parse.bylines import people_in, starts_as_byline
from broadsheet.parse.chrome import (
    is_caption_credit,
    is_chrome_phrase,
    says_paywalled,
    says_truncated,
)
from broadsheet.parse.context import publication_date
from broadsheet.parse.credits import (
    agencies_in,
    dateline_agency,
    is_tail_credit,
    signing_agencies,
    without_agencies,
)
from broadsheet.parse.dates import dates_in, has_date


@pytest.mark.parametrize(
    ("paragraph", "agency"),
    [
        ("PORT ELLERY (AP) — The last ferry left.", "AP"),
        ("PORT ELLERY, March 3 (Reuters) - The last ferry left.", "Reuters"),
        ("Port Ellery (dpa) - Die letzte Fähre fuhr.", "dpa"),
        ("The court (ICC) - a body of judges - met.", None),
        ("The ferry left, Reuters reported.", None),
    ],
)
def test_a_dateline_credits_an_agency(paragraph, agency):
    found = dateline_agency(paragraph)
    assert (found[0] if found else None) == agency


@pytest.mark.parametrize(
    ("line", "agencies"),
    [
        ("(With inputs from AFP, Reuters)", ["AFP", "Reuters"]),
        ("With additional reporting by The Associated Press.", ["Associated Press"]),
        ("(With inputs from agencies)", []),
        ("© Agence France-Presse", ["Agence France-Presse"]),
    ],
)
def test_a_tail_credits_agencies_by_name_only(line, agencies):
    assert is_tail_credit(line)
    assert [name.removeprefix("The ") for name in agencies_in(line)] == agencies


@pytest.mark.parametrize(
    "line",
    ["Reuters reporters saw the ferry leave.", "With help from friends she sailed home again."],
)
def test_a_sentence_is_no_tail_credit(line):
    assert not is_tail_credit(line)


@pytest.mark.parametrize(
    ("byline", "agencies"),
    [
        ("By Reuters", ["Reuters"]),
        ("By Nora Quill and The Associated Press", ["Associated Press"]),
        ("Nora Quill The Associated Press", ["Associated Press"]),
        ("By NORA QUILL, AP National Security Writer", ["AP"]),
        ("det/dpa", ["dpa"]),
        ("Par AFP publié le 26/12/2020 à 21:00", ["AFP"]),
        ("PTI, Port Ellery, Nov 20 2019", ["PTI"]),
        ("Agencia EFE", ["EFE"]),
        ("Nora Quill\nReuters", ["Reuters"]),
        ("Hina Quill", []),
        ("Nora Quill, formerly of Reuters in Ellery", []),
        ("By Nora Quill", []),
    ],
)
def test_an_agency_signs_a_byline_apart_from_people(byline, agencies):
    assert [name.removeprefix("The ") for name in signing_agencies(byline)] == agencies


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Nora Quill and AFP", "Nora Quill"),
        ("AFP", ""),
        ("Nora Quill, Associated Press", "Nora Quill"),
    ],
)
def test_agencies_are_taken_out_of_a_byline(byline, people):
    assert without_agencies(byline).strip() == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Nora Quill", ["Nora Quill"]),
        ("Nora Quill, Senior Reporter", ["Nora Quill"]),
        ("By Nora Quill and Tom Arbuth", ["Nora Quill", "Tom Arbuth"]),
        ("By Nora Quill | nquill@ellery.example | Ellery Gazette", ["Nora Quill"]),
        ("By Nora Quill, Harbour Institute of Tides", ["Nora Quill"]),
        ("Nora Quill 22 December 2023 • 3:55pm", ["Nora Quill"]),
        ("By Nora QuillDec 20, 2023", ["Nora Quill"]),
        ("By Nora Quill ELLERYBusiness", ["Nora Quill"]),
        ("Von Max van der Berg", ["Max van der Berg"]),
        ("By J. K. Arbuth", ["J. K. Arbuth"]),
        ("By AFP", []),
        ("By Nora Quill and The Associated Press", ["Nora Quill"]),
        ("Advertisement", []),
        ("In Partnership With", []),
        ("the last ferry left", []),
    ],
)
def test_people_are_told_from_roles_and_outlets(line, people):
    assert list(people_in(line)) == people


@pytest.mark.parametrize(
    ("line", "expected"),
    [("By Nora Quill", True), ("Written by Nora Quill", True), ("Byron sailed", False)],
)
def test_a_byline_opens_with_by(line, expected):
    assert starts_as_byline(line) is expected


@pytest.mark.parametrize(
    ("line", "dates"),
    [
        ("March 13, 2023", ["March 13, 2023"]),
        ("Published: 6:09 AM PST, December 22, 2023", ["6:09 AM PST, December 22, 2023"]),
        ("Updated Nov. 19, 2019 8:21 am ET", ["Nov. 19, 2019 8:21 am ET"]),
        ("2023-12-20T10:00:00+01:00", ["2023-12-20T10:00:00+01:00"]),
        ("Tue 21 Nov 2023 10.21 GMT", ["Tue 21 Nov 2023 10.21 GMT"]),
        ("14. März 2023 um 12:30", ["14. März 2023 um 12:30"]),
        ("2024年3月1日", ["2024年3月1日"]),
        ("In 2023 it rained", []),
        ("Call 555-1234-2020", []),
        ("Version 1.2.2023.4", []),
    ],
)
def test_dates_are_found_with_their_time(line, dates):
    assert [match[0] for match in dates_in(line)] == dates
    assert has_date(line) is bool(dates)


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("Updated Dec 24, 2023 | Published Dec 22, 2023", "Dec 22, 2023"),
        ("Dec 22, 2023 | Updated Dec 24, 2023", "Dec 22, 2023"),
        ("Updated Dec 24, 2023", "Dec 24, 2023"),
        ("no date", None),
    ],
)
def test_the_date_of_publication_is_preferred_to_that_of_a_change(line, stated):
    assert publication_date(line) == stated


@pytest.mark.parametrize(
    "line",
    [
        "Skip to main content", "Open this photo in gallery:", "Comments are closed.",
        "No Comments",
        "Visited 192 times, 1 visit(s) today", "Follow us on Facebook", "Share on Twitter",
        "Related article: Tides rise", "Get the latest from Ellery in your inbox", "Advertisement",
        "Original url:", "Most read", "© 2024 Ellery Gazette. All rights reserved.",
    ],
)  # fmt: skip
def test_phrases_of_page_chrome_are_known(line):
    assert is_chrome_phrase(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell in the afternoon.",
        "The comments are closed to nobody who reads them.",
        "Visited by storms, the islands wait.",
        "More than eleven people were on board.",
    ],
)
def test_sentences_are_no_page_chrome(line):
    assert not is_chrome_phrase(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The ferry leaves Port Ellery. (Nora Quill/AFP via Getty Images)", True),
        ("The harbour on Nov. 7, 2019.The Associated Press", True),
        ("Photograph by Nora Quill", True),
        ("On a bad day he would see twenty ferries, he told Reuters.", False),
        ("The ferry left on time.", False),
    ],
)
def test_captions_end_in_a_credit(line, expected):
    assert is_caption_credit(line) is expected


def test_a_page_says_that_more_was_left_out():
    assert says_truncated("Read more of this story")
    assert not says_truncated("Read more books, she said.")
    assert not says_truncated("Continue reading the main story")
    assert says_paywalled("Subscribe to continue reading")
    assert not says_paywalled("Readers subscribe in autumn.")
