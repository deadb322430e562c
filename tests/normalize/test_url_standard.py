"""Every http(s) case of the WHATWG URL test data, and the Public Suffix List's test vectors.

The files are described in ``vectors/README.md``.
"""

import json
import re
from pathlib import Path

import pytest

from broadsheet.normalize.hosts import is_public_name, registrable_domain
from broadsheet.normalize.urls import canonicalize_url
from broadsheet.reasons import Reason

VECTORS = Path(__file__).parent / "vectors"
CASES = json.loads((VECTORS / "whatwg_urls.json").read_text("utf-8"))
FAILURES = [case for case in CASES if case.get("failure")]
READ = [case for case in CASES if not case.get("failure")]
# Where we refuse what the standard reads: a slash written backwards, which other programs take for
# part of a user name, and controls and spaces, which browsers drop or encode.
REFUSED = re.compile(r"[\\\x00-\x20\x7f-\x9f]")
STRICTER = [case for case in READ if REFUSED.search(case["input"].strip())]
# An empty reference is the page itself in a link; as a statement it is none.
EMPTY = [case for case in READ if not case["input"].strip()]
AT_PRIVATE_HOSTS = [
    case
    for case in READ
    if case not in STRICTER + EMPTY and not is_public_name(case["hostname"].rstrip("."))
]
PUBLIC = [case for case in READ if case not in STRICTER + EMPTY + AT_PRIVATE_HOSTS]
SUFFIXES = re.findall(
    r"^checkPublicSuffix\('(.*)', (?:'(.*)'|null)\);",
    (VECTORS / "public_suffix.txt").read_text("utf-8"),
    re.MULTILINE,
)


def name(case):
    return f"{case['input']} at {case['base']}".encode("ascii", "backslashreplace").decode()


def test_the_cases_are_all_there():
    assert len(CASES) == 436
    assert list(map(len, (FAILURES, PUBLIC, AT_PRIVATE_HOSTS, STRICTER, EMPTY))) == [
        204,
        136,
        61,
        32,
        3,
    ]
    assert len(SUFFIXES) == 77


@pytest.mark.parametrize("case", FAILURES, ids=name)
def test_what_the_standard_refuses_is_refused(case):
    assert isinstance(canonicalize_url(case["input"], case["base"]), Reason)


@pytest.mark.parametrize("case", PUBLIC, ids=name)
def test_what_the_standard_reads_is_the_same_page(case):
    found = canonicalize_url(case["input"], case["base"])

    assert found.host == case["hostname"].rstrip(".")
    assert found == canonicalize_url(case["href"])
    assert (Reason.URL_USERINFO in found.notes) == bool(case["username"] or case["password"])


@pytest.mark.parametrize("case", AT_PRIVATE_HOSTS, ids=name)
def test_hosts_that_are_no_public_names_are_refused_as_such(case):
    assert canonicalize_url(case["input"], case["base"]) == Reason.URL_HOST


@pytest.mark.parametrize("case", STRICTER, ids=name)
def test_where_a_lenient_reading_hides_something_we_are_stricter(case):
    found = canonicalize_url(case["input"], case["base"])

    assert found in {Reason.URL_HOST, Reason.URL_INVALID}


@pytest.mark.parametrize("case", EMPTY, ids=name)
def test_an_empty_reference_states_nothing(case):
    assert canonicalize_url(case["input"], case["base"]) == Reason.URL_INVALID


@pytest.mark.parametrize(("host", "domain"), SUFFIXES)
def test_the_vectors_of_the_public_suffix_list(host, domain):
    assert registrable_domain(host) == (domain or None)
