"""What is masked in a text, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.privacy import NOTES, mask

# Put together here, so that no scanner takes this file for a leak.
TOKENS = {
    "aws": "AKIA" + "Q7" * 8,
    "github": "ghp_" + "aB3" * 12,
    "slack": "xoxb-" + "12345678901-abcdef",
    "google": "AIza" + "Sy0" * 11 + "ab",
    "hub": "hf_" + "aBcDeF" * 6,
    "jwt": ".".join(("eyJ" + "hbGciOiJ", "eyJ" + "zdWIiOiIx", "c2lnbmF0dXJl")),
    "key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n-----END RSA " + "PRIVATE KEY-----",
}


@pytest.mark.parametrize(
    ("kind", "found", "masked"),
    [
        ("email", "Write to jo.li@gazette.example now.", "Write to [email] now."),
        ("email", "jo+news@mail.gazette.co.uk, ann@b.example", "[email], [email]"),
        ("email", "jo (at) gazette.example", "[email]"),
        ("email", "Handle @joli is no address", "Handle @joli is no address"),
        (
            "email",
            "see https://social.example/@joli today",
            "see https://social.example/@joli today",
        ),
        ("ip", "The host 8.8.8.8 replied.", "The host [ip] replied."),
        ("ip", "from 2606:4700:4700::1111 today", "from [ip] today"),
        ("ip", "Private 192.168.0.1 and 127.0.0.1 stay", "Private 192.168.0.1 and 127.0.0.1 stay"),
        ("ip", "Version 1.2.3 and 10:30:00 stay", "Version 1.2.3 and 10:30:00 stay"),
        ("ip", "Release 12.4.300.1 stays", "Release 12.4.300.1 stays"),
        ("phone", "Ring +44 20 7946 0958 today", "Ring [phone] today"),
        ("phone", "Ring +1 (202) 555-0143.", "Ring [phone]."),
        ("phone", "Ring (202) 555-0143.", "Ring [phone]."),
        ("phone", "Ring 202-555-0143.", "Ring [phone]."),
        ("phone", "Tel. 030 123 4567 (office)", "Tel. [phone] (office)"),
        ("phone", "Rooms 12 14 202-555-0143.", "Rooms 12 14 [phone]."),
        ("phone", "In 2024 +44 20 7946 0958, +1 202 555 0143", "In 2024 [phone], [phone]"),
        ("phone", "From 2014-2015 to 2020", "From 2014-2015 to 2020"),
        ("phone", "It cost 1 234 567 crowns", "It cost 1 234 567 crowns"),
        ("phone", "A rise of +12 per cent", "A rise of +12 per cent"),
        ("phone", "On 2024-03-01 and 01.03.2024", "On 2024-03-01 and 01.03.2024"),
    ],
)
def test_each_kind_is_told_from_its_lookalikes(kind, found, masked):
    result = mask(found, [kind])

    assert result.text == masked
    assert result.count == masked.count(f"[{kind}]")
    assert result.notes == ((NOTES[kind],) if found != masked else ())


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_secrets_are_masked(token):
    result = mask(f"The file held {token} in plain sight.", ["secret"])

    assert result.text == "The file held [secret] in plain sight."


@pytest.mark.parametrize(
    "text", ["a-long-hyphenated-compound-of-many-words", "sk-2", "Schifffahrtsgesellschaften"]
)
def test_long_words_are_no_secrets(text):
    assert mask(text, ["secret"]).text == text


def test_only_what_the_policy_names_is_masked():
    text = "jo@gazette.example, 8.8.8.8"

    assert mask(text, []).text == text
    assert mask(text, ["ip"]).text == "jo@gazette.example, [ip]"


@given(st.text(alphabet=st.sampled_from("ab1.@:+-() 08_\n"), max_size=80))
def test_masking_twice_changes_nothing_more(text):
    once = mask(text, list(NOTES))

    assert mask(once.text, list(NOTES)).text == once.text
