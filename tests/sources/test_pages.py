import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

PAGE = "<html><head>{head}</head><body><p>Žluťoučký kůň přešel most v Hollinu.</p></body></html>"


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.xhtml", "A.HTML"])
def test_a_page_is_a_record(write, read, name):
    write(name, PAGE)

    (record,) = read()

    assert (record.text, record.media, record.source.format) == (PAGE, "html", "html")


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1250">',
        "<meta charset=windows-1250>",
        '<META http-equiv="Content-Type" content="text/html; charset=windows-1250">',
        '<title>x</title><meta name="a" content="b"><meta charset="windows-1250"/>',
    ],
)
def test_the_charset_that_a_page_declares(write, read, head):
    text = PAGE.format(head=head)
    write("a.html", text.encode("cp1250"))

    (record,) = read()

    assert (record.text, record.notes) == (text, ())


def test_the_encoding_of_an_xml_declaration(write, read):
    text = '<?xml version="1.0" encoding="windows-1250"?>' + PAGE
    write("a.xhtml", text.encode("cp1250"))

    assert [item.text for item in read()] == [text]


def test_a_charset_that_the_bytes_contradict_is_not_followed(write, read):
    text = PAGE.format(head='<meta charset="windows-1250">')
    write("a.html", text)

    assert [item.text for item in read()] == [text]


def test_a_browser_says_where_it_saved_the_page_from(write, read):
    write("a.html", "<!-- saved from url=(0026)https://hollin.example/bridge -->\n" + PAGE)

    (record,) = read()

    assert record.fields == {"url": ("https://hollin.example/bridge",)}


def test_the_side_folder_of_a_saved_page_is_counted(write, read):
    write("bridge.html", PAGE)
    write("bridge_files/frame.html", "<p>An advertisement</p>")
    write("bridge_files/style.css", "p {}")
    write("other_files/story.html", PAGE)

    items = read()

    assert [i.source.path for i in items if isinstance(i, RawRecord)] == [
        "bridge.html",
        "other_files/story.html",
    ]
    assert [(i.path, i.reason, i.count) for i in items if not isinstance(i, RawRecord)] == [
        ("bridge_files", Reason.INPUT_PART, 2)
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b" \n", Reason.CONTENT_EMPTY),
        (b"\x89PNG\r\n\x1a\n\0\0", Reason.TYPE_MISMATCH),
        (bytes(range(256)) * 9, Reason.TYPE_MISMATCH),
    ],
)
def test_what_is_no_page(write, read, raw, reason):
    write("a.html", raw)

    assert [item.reason for item in read()] == [reason]


EXPORTED = (
    '<html>\n  <head>\n    <meta name="author" content="Ida Vell; Per Lund"/>\n'
    '    <meta name="url" content="https://post.hollin.example/a?b=1&amp;c=2"/>\n'
    '    <meta name="sitename" content="Hollin Post"/>\n{last}  </head>\n'
    "  <body>\n    <p>The harbour was closed.</p>\n  </body>\n</html>"
)


def test_what_trafilatura_puts_at_the_top_of_a_page_is_stated(write, read):
    write("a.html", EXPORTED.format(last='    <meta name="fingerprint" content="364e01070c93"/>\n'))

    (record,) = read()

    assert record.fields == {
        "author": ("Ida Vell", "Per Lund"),
        "outlet": ("Hollin Post",),
        "url": ("https://post.hollin.example/a?b=1&c=2",),
    }


@pytest.mark.parametrize(
    "last",
    ["", "<title>A page of its own</title>", '<meta name="fingerprint" content="1"/><script/>'],
)
def test_such_tags_in_a_page_of_its_own_state_nothing_here(write, read, last):
    write("a.html", EXPORTED.format(last=last))

    (record,) = read()

    assert record.fields == {}
