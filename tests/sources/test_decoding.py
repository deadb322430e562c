import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused
from broadsheet.sources.decoding import decode

GERMAN = (
    "Der Bürgermeister von Grünhausen eröffnete am Sonntag die neue Brücke über den Fluss. "
    "Viele Gäste kamen aus den umliegenden Dörfern, obwohl es den ganzen Tag über kühl blieb."
)
RUSSIAN = (
    "Жители города Зареченска встретили весну большим праздником на главной площади. "
    "Мэр сообщил, что новый мост откроют в июне, если позволит погода."
)
JAPANESE = "港町の市長は日曜日に新しい橋を開通させた。多くの住民が式典に参加した。" * 3


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_utf8_is_read_as_it_is(text):
    decoded = decode(b"x" + text.encode())

    assert (decoded.text, decoded.notes) == ("x" + text, ())


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_wins_and_is_left_out(mark, encoding):
    decoded = decode(mark + GERMAN.encode(encoding), configured="koi8-r", declared="big5")

    assert (decoded.text, decoded.notes) == (GERMAN, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
    ],
)
def test_an_undeclared_encoding_is_detected_and_noted(text, encoding):
    decoded = decode(text.encode(encoding))

    assert (decoded.text, decoded.notes) == (text, (Reason.ENCODING_DETECTED,))


def test_the_configured_encoding_wins_over_detection():
    assert decode(RUSSIAN.encode("koi8-r"), configured="koi8-r").text == RUSSIAN


def test_a_declaration_is_followed_where_it_fits():
    decoded = decode("Čapek".encode("cp1250"), declared="windows-1250")

    assert (decoded.text, decoded.notes) == ("Čapek", ())


@pytest.mark.parametrize("declared", ["latin1", "iso-8859-1", "us-ascii"])
def test_latin1_means_windows_1252_as_on_the_web(declared):
    assert decode(b"\x93so\x94", declared=declared).text == "“so”"


@pytest.mark.parametrize("declared", ["shift_jis", "euc-kr", "no-such", "base64", "\0", "utf-8"])
def test_a_wrong_declaration_is_not_followed(declared):
    decoded = decode(GERMAN.encode("cp1252"), declared=declared)

    assert (decoded.text, decoded.notes) == (GERMAN, (Reason.ENCODING_DETECTED,))


def test_utf8_wins_over_a_wrong_declaration():
    assert decode(GERMAN.encode(), declared="cp1252").text == GERMAN


def test_some_bad_bytes_in_utf8_are_replaced_and_noted():
    decoded = decode("Grüße aus Öland ".encode() + b"\xff\xfe!")

    assert (decoded.text, decoded.notes) == (
        "Grüße aus Öland \ufffd\ufffd!",
        (Reason.ENCODING_REPLACED,),
    )


def test_some_bad_bytes_in_the_configured_encoding_are_replaced_and_noted():
    decoded = decode(b"a\x81b", configured="cp1252")

    assert (decoded.text, decoded.notes) == ("a\ufffdb", (Reason.ENCODING_REPLACED,))


def test_stray_nul_bytes_are_left_for_cleaning():
    assert decode(b"The har\0bour froze over.").text == "The har\0bour froze over."


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"%PDF-1.7 ...",
        b"PK\x03\x04" + b"a" * 50,
        bytes(range(256)) * 20,
        b"\0" * 100,
    ],
)
def test_binary_bytes_are_no_text(raw):
    with pytest.raises(Refused) as refused:
        decode(raw)

    assert refused.value.reason == Reason.TYPE_MISMATCH


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n...", b"%PDF-1.7", b"PK\x03\x04..."])
def test_no_configured_encoding_makes_a_binary_format_text(raw):
    with pytest.raises(Refused) as refused:
        decode(raw, configured="cp1252")

    assert refused.value.reason == Reason.TYPE_MISMATCH


@pytest.mark.parametrize(
    "raw",
    [
        b"RIFF\x24\x08\0\0WAVEfmt ",
        b"ID3\x04\0\0\0\0\x0f\x76",
        b"GIF89a\x01\0\x01\0",
        b"Rar!\x1a\x07\x01\0",
    ],
)
def test_letters_that_open_a_binary_format_are_told_by_the_control_codes_behind_them(raw):
    with pytest.raises(Refused):
        decode(raw)

    word = raw.decode("latin-1").rstrip("\0")[:3]
    text = f"{word}F8 and its band play on Friday."
    assert decode(text.encode()).text == text


@settings(max_examples=50)
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "cp1252", "utf-16", "gb18030"]))
def test_any_bytes_are_decoded_or_refused(raw, declared):
    outcomes = {outcome(raw, declared) for _ in range(2)}

    assert len(outcomes) == 1
    outcome(raw, declared).encode()  # raises where a surrogate is unpaired


def outcome(raw: bytes, declared: str | None) -> str:
    """Return the decoded text or the reason why there is none."""
    try:
        return decode(raw, declared=declared).text
    except Refused as refused:
        return refused.reason.value
