import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

BODY = "The council of Hollin voted for the bridge."

RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Hollin Post</title><link>https://hollin.example</link><language>en-gb</language>
<item><title>Bridge &amp; river</title><link>https://hollin.example/bridge</link>
<dc:creator>Ida Vell</dc:creator><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>
<description>A summary.</description>
<content:encoded><![CDATA[<p>{BODY}</p><p>It opens in June.</p>]]></content:encoded></item>
<item><guid>https://hollin.example/2</guid><author>tom@hollin.example (Tom Rask)</author>
<description>{BODY}</description></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Hollin Post</title>
<author><name>The desk</name></author>
<entry><title>Bridge</title><link rel="self" href="https://hollin.example/self"/>
<link href="https://hollin.example/bridge"/><published>2024-05-01T10:00:00Z</published>
<updated>2024-05-02T10:00:00Z</updated>
<content type="html">&lt;p&gt;{BODY}&lt;/p&gt;</content></entry>
<entry><title>Two</title><author><name>Ida Vell</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{BODY}</p></div></content></entry>
<entry><title>Three</title><summary>{BODY}</summary></entry>
</feed>"""

NITF = f"""<nitf xml:lang="en"><head><title>T</title><docdata><date.issue norm="20240501T100000Z"/>
</docdata><pubdata name="Hollin Post"/></head><body><body.head><hedline><hl1>Bridge</hl1>
<hl2>It opens in June</hl2></hedline><byline>By <person>Ida Vell</person></byline></body.head>
<body.content><p>{BODY}</p><p>More <em>follows</em>.</p></body.content></body></nitf>"""

NEWSML = f"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:1" xml:lang="en"><itemMeta><versionCreated>2024-05-01T11:00:00Z</versionCreated>
<firstCreated>2024-05-01T10:00:00Z</firstCreated></itemMeta>
<contentMeta><headline>Bridge</headline><by>Ida Vell</by><language tag="en-GB"/></contentMeta>
<contentSet><inlineXML><nitf><body><body.content><p>{BODY}</p></body.content></body></nitf>
</inlineXML></contentSet></newsItem></itemSet></newsMessage>"""

TEI = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
<title>Bridge: a transcript</title><author>Ida Vell</author></titleStmt>
<sourceDesc><bibl><title level="a">Bridge</title><title level="j">Hollin Post</title>
<date when="1924-05-01"/></bibl></sourceDesc></fileDesc></teiHeader>
<text><body><head>Bridge</head><p>{BODY}</p><p>More.</p></body></text></TEI>"""


def test_rss(write, read):
    write("feed.xml", RSS)

    first, second = read()

    assert (first.text, first.media) == (f"<p>{BODY}</p><p>It opens in June.</p>", "html")
    assert first.source.format == "rss"
    assert first.source.member == "item 0"
    assert first.fields == {
        "title": ("Bridge & river",),
        "url": ("https://hollin.example/bridge",),
        "author": ("Ida Vell",),
        "published": ("Wed, 01 May 2024 10:00:00 GMT",),
        "outlet": ("Hollin Post",),
        "language": ("en-gb",),
    }
    assert (second.text, second.media) == (BODY, "text")
    assert second.fields["author"] == ("Tom Rask",)
    assert second.fields["url"] == ("https://hollin.example/2",)


def test_atom(write, read):
    write("feed.atom", ATOM)

    html, xhtml, summary = read()

    assert (html.text, html.media) == (f"<p>{BODY}</p>", "html")
    assert html.fields == {
        "title": ("Bridge",),
        "url": ("https://hollin.example/bridge",),
        "author": ("The desk",),
        "published": ("2024-05-01T10:00:00Z",),
        "modified": ("2024-05-02T10:00:00Z",),
        "outlet": ("Hollin Post",),
        "language": ("en",),
    }
    assert BODY in xhtml.text
    assert (xhtml.media, xhtml.fields["author"]) == ("html", ("Ida Vell",))
    assert (summary.text, summary.media) == (BODY, "text")


@pytest.mark.parametrize(
    ("document", "text", "fields"),
    [
        (
            NITF,
            f"{BODY}\n\nMore follows.",
            {
                "title": ("Bridge",),
                "subtitle": ("It opens in June",),
                "author": ("By Ida Vell",),
                "published": ("20240501T100000Z",),
                "outlet": ("Hollin Post",),
                "language": ("en",),
            },
        ),
        (
            NEWSML,
            BODY,
            {
                "title": ("Bridge",),
                "author": ("Ida Vell",),
                "published": ("2024-05-01T10:00:00Z",),
                "modified": ("2024-05-01T11:00:00Z",),
                "language": ("en-GB",),
            },
        ),
        (
            TEI,
            f"{BODY}\n\nMore.",
            {
                "title": ("Bridge",),
                "author": ("Ida Vell",),
                "published": ("1924-05-01",),
                "outlet": ("Hollin Post",),
            },
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_news_documents(write, read, document, text, fields, encoding):
    write("document.xml", document.encode(encoding))

    (record,) = read()

    assert (record.text, record.media) == (text, "text")
    assert record.fields == fields


def test_a_feed_is_not_renamed_by_the_columns_of_tables(write, read):
    write("feed.xml", RSS)

    assert all(isinstance(item, RawRecord) for item in read(columns={"text": "story"}))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Reason.CONTENT_EMPTY),
        (b"<rss><channel>", Reason.XML_SYNTAX),
        (b"no xml", Reason.XML_SYNTAX),
        (b"<urlset/>", Reason.TYPE_UNSUPPORTED),
        (b"<nitf/>", Reason.SCHEMA_TEXT),
    ],
)
def test_what_is_no_news(write, read, raw, reason):
    write("a.xml", raw)

    assert [item.reason for item in read()] == [reason]
