import pytest

from broadsheet.records import RawRecord

BODY = "The council of Hollin voted for the bridge.\n\nIt opens in June."


def lexis(number: int) -> str:
    return f"""
                               {number} of 2 DOCUMENTS

                                Hollin Post

                            May {number}, 2024 Wednesday

Bridge number {number}

BYLINE: Ida Vell

SECTION: NEWS; Pg. 1

LENGTH: 13 words

{BODY} ({number})

LOAD-DATE: May 2, 2024

LANGUAGE: ENGLISH

                        Copyright 2024 Hollin Post
                           All Rights Reserved
"""


def factiva(number: int) -> str:
    return f"""HD
Bridge number {number}
BY  Ida Vell
WC  13 words
PD  {number} May 2024
SN  Hollin Post
LA  English
LP
The council of Hollin voted for the bridge.

TD
It opens in June. ({number})

NS
gcat : Political News
AN  Document HOLPO0002024050{number}ek510000x

"""


@pytest.mark.parametrize(
    ("layout", "published"),
    [(lexis, "May {}, 2024 Wednesday"), (factiva, "{} May 2024")],
)
def test_the_export_of_a_news_library_is_one_record_an_article(write, read, layout, published):
    path = write("export.txt", layout(1) + layout(2))

    records = read()

    assert [record.text for record in records] == [f"{BODY} (1)", f"{BODY} (2)"]
    for number, record in enumerate(records, 1):
        assert {name: value for name, (value,) in record.fields.items()} == {
            "title": f"Bridge number {number}",
            "author": "Ida Vell",
            "outlet": "Hollin Post",
            "published": published.format(number),
            "language": "ENGLISH" if layout is lexis else "English",
        }
        place = record.source
        raw = path.read_bytes()[place.offset :][: place.length].decode()
        assert f"({number})" in raw


def test_a_separator_divides_where_it_is_configured(write, read):
    write("all.txt", f"=====\n{BODY}\n===== 2 =====\nAnother story.\n=====\n\n")

    assert [record.text.strip() for record in read(separator="=====")] == [BODY, "Another story."]


@pytest.mark.parametrize(
    "text", [f"{BODY}\n\n-----\n\nMore", "He read 3 of 250 documents.", "AN apple\nDocument x"]
)
def test_other_texts_are_one_article(write, read, text):
    write("a.txt", text)

    (record,) = read()

    assert isinstance(record, RawRecord)
    assert record.text == text
