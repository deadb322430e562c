"""Write ``raw/``: one small file of every raw format. Run it after a format was added.

Usage: python seeds/formats/make_raw.py [FOLDER]
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import sys
import tarfile
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EPOCH = (2024, 5, 1, 0, 0, 0)
PLACES = (
    "harbour", "library", "north bridge", "railway station", "fish market", "town hall", "museum",
    "lighthouse", "school", "ferry terminal", "old mill", "hospital", "swimming hall", "theatre",
    "brewery", "botanical garden", "fire station", "observatory", "chapel", "ice rink", "ropewalk",
    "weather station", "boatyard", "concert hall", "water tower", "post office", "archive",
    "tram depot", "market square", "cinema", "stadium", "bakery", "orchard", "university",
    "customs house", "printing works", "windmill", "quarry", "canal lock", "sawmill",
    "north quay", "toll house", "bicycle works", "maritime school", "river baths", "signal box",
    "shoe factory", "pilot house", "map room", "glasshouse", "dry dock", "granary", "bell foundry",
    "skating club", "tide mill", "rope store", "lamp works", "coal pier",
    "net loft",
)  # fmt: skip
EVENTS = (
    "reopened after a long winter of repairs, and several hundred people came to see the new roof",
    "will stay closed until the autumn, because the inspectors found water behind the east wall",
    "received a grant for new windows, which the council had asked for three times before",
    "counted more visitors than in any year since it was built, its director told the council",
)  # fmt: skip


def stories() -> Iterator[dict[str, str]]:
    """Yield invented articles, no two alike."""
    for number, place in enumerate(PLACES):
        event = EVENTS[number % len(EVENTS)]
        day = number % 28 + 1
        yield {
            "title": f"The {place} of Hollin makes news",
            "url": f"https://post.hollin.example/2024/05/{place.replace(' ', '-')}",
            "date": f"2024-05-{day:02}T08:30:00+02:00",
            "author": ("Ida Vell", "Tom Rask", "Mara Onn")[number % 3],
            "text": (
                f"The {place} of Hollin {event}.\n\n"
                f"Residents who live beside the {place} said on Tuesday that they had waited for "
                f"this day number {day} of the month with some impatience. The mayor thanked all "
                f"{number + 12} volunteers by name."
            ),
        }


def main(folder: Path) -> None:
    """Write all files."""
    source = stories()
    for name, make in MAKERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(source))


def plain(story: dict[str, str]) -> str:
    """Return a story as a text file."""
    return f"{story['title']}\n\nBy {story['author']}\n\n{story['date'][:10]}\n\n{story['text']}\n"


def html(story: dict[str, str], charset: str = "utf-8") -> str:
    """Return a story as a page."""
    body = "".join(f"<p>{p}</p>\n" for p in story["text"].split("\n\n"))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="{charset}">'
        f"<title>{story['title']} – Hollin Post</title>"
        f'<link rel="canonical" href="{story["url"]}">'
        f'<meta property="article:published_time" content="{story["date"]}">'
        f'<meta name="author" content="{story["author"]}"></head>\n<body><nav>Home</nav>'
        f"<article><h1>{story['title']}</h1>\n{body}</article></body></html>\n"
    )


def text_file(source: Iterator[dict[str, str]]) -> bytes:
    return plain(next(source)).encode()


def markdown_file(source: Iterator[dict[str, str]]) -> bytes:
    return f"# {plain(next(source))}".encode()


def html_file(source: Iterator[dict[str, str]]) -> bytes:
    return html(next(source), "windows-1252").encode("cp1252")


def xhtml_file(source: Iterator[dict[str, str]]) -> bytes:
    page = html(next(source)).replace("<!DOCTYPE html>\n", "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{page}'.encode()


def mhtml_file(source: Iterator[dict[str, str]]) -> bytes:
    story = next(source)
    head = (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {story['url']}\r\n"
        f"Subject: {story['title']}\r\nDate: Sun, 2 Jun 2024 10:00:00 -0000\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="B"\r\n'
        "\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        f"Content-Location: {story['url']}\r\n\r\n"
    )
    style = "\r\n--B\r\nContent-Type: text/css\r\n\r\np { margin: 1em }\r\n--B--\r\n"
    return f"{head}{html(story)}{style}".encode()


def eml_file(source: Iterator[dict[str, str]]) -> bytes:
    return message(next(source)).encode()


def message(story: dict[str, str]) -> str:
    """Return a story as a newsletter."""
    return (
        "From: Hollin Post <news@post.hollin.example>\nList-Id: <daily.post.hollin.example>\n"
        f"Subject: {story['title']}\nDate: Wed, 01 May 2024 08:30:00 +0200\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{story['text']}\n"
    )


def mbox_file(source: Iterator[dict[str, str]]) -> bytes:
    envelope = "From news@post.hollin.example Wed May  1 08:30:00 2024\n"
    return "\n".join(envelope + message(next(source)) for _ in range(2)).encode()


def jsonl_file(source: Iterator[dict[str, str]]) -> bytes:
    return "".join(json.dumps(next(source)) + "\n" for _ in range(2)).encode()


def json_file(source: Iterator[dict[str, str]]) -> bytes:
    articles = [next(source), next(source)]
    return json.dumps({"status": "ok", "articles": articles}, indent=1).encode()


def table_file(source: Iterator[dict[str, str]], delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    rows = [next(source), next(source)]
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def tsv_file(source: Iterator[dict[str, str]]) -> bytes:
    return table_file(source, "\t")


def parquet_file(source: Iterator[dict[str, str]]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([next(source), next(source)]), sink)
    return bytes(sink.getvalue())


def arrow_file(source: Iterator[dict[str, str]]) -> bytes:
    table = pa.Table.from_pylist([next(source)])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def rss_file(source: Iterator[dict[str, str]]) -> bytes:
    items = "".join(
        f"<item><title>{s['title']}</title><link>{s['url']}</link>"
        f"<pubDate>Wed, 01 May 2024 08:30:00 +0200</pubDate>"
        f"<description><![CDATA[{s['text']}]]></description></item>\n"
        for s in (next(source), next(source))
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>Hollin Post</title><language>en</language>\n{items}</channel></rss>\n"
    ).encode()


def atom_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Hollin Post</title>'
        f"<entry><title>{s['title']}</title><link href='{s['url']}'/>"
        f"<published>{s['date']}</published><author><name>{s['author']}</name></author>"
        f'<content type="text">{s["text"]}</content></entry></feed>\n'
    ).encode()


def nitf_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    body = "".join(f"<p>{p}</p>" for p in s["text"].split("\n\n"))
    return (
        '<nitf xml:lang="en"><head><docdata><date.issue norm="20240501T083000+0200"/></docdata>'
        '<pubdata name="Hollin Post"/></head><body><body.head><hedline>'
        f"<hl1>{s['title']}</hl1></hedline><byline>By {s['author']}</byline></body.head>"
        f"<body.content>{body}</body.content></body></nitf>\n"
    ).encode()


def newsml_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    body = "".join(f"<p>{p}</p>" for p in s["text"].split("\n\n"))
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:hollin:1" xml:lang="en">'
        f"<itemMeta><versionCreated>{s['date']}</versionCreated></itemMeta>"
        f"<contentMeta><headline>{s['title']}</headline><by>{s['author']}</by></contentMeta>"
        f"<contentSet><inlineXML><nitf><body><body.content>{body}</body.content></body></nitf>"
        "</inlineXML></contentSet></newsItem>\n"
    ).encode()


def tei_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    body = "".join(f"<p>{p}</p>" for p in s["text"].split("\n\n"))
    return (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>'
        f"<title>{s['title']}</title><author>{s['author']}</author></titleStmt><sourceDesc><bibl>"
        f'<title level="j">Hollin Post</title><date when="{s["date"][:10]}"/></bibl></sourceDesc>'
        f"</fileDesc></teiHeader><text><body>{body}</body></text></TEI>\n"
    ).encode()


def warc_record(kind: str, url: str, block: bytes, content_type: str) -> bytes:
    """Return one WARC record."""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-06-02T10:00:00Z\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def fetched(story: dict[str, str]) -> list[bytes]:
    """Return the request and the response of a crawl."""
    request = b"GET / HTTP/1.1\r\nHost: post.hollin.example\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return [
        warc_record("request", story["url"], request, "application/http; msgtype=request"),
        warc_record(
            "response",
            story["url"],
            page + html(story).encode(),
            "application/http; msgtype=response",
        ),
    ]


def warc_file(source: Iterator[dict[str, str]]) -> bytes:
    return b"".join(fetched(next(source)))


def warc_gz_file(source: Iterator[dict[str, str]]) -> bytes:
    records = [*fetched(next(source)), *fetched(next(source))]
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def wet_gz_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    record = warc_record("conversion", s["url"], plain(s).encode(), "text/plain")
    return gzip.compress(record, mtime=0)


def docx_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    heading = (
        f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>{s["title"]}</w:t></w:r></w:p>'
    )
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in s["text"].split("\n\n"))
    xml = f'<w:document xmlns:w="{word}"><w:body>{heading}{body}</w:body></w:document>'
    return zipped({"word/document.xml": xml.encode()})


def rtf_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    body = "".join(f"{p}\\par\n" for p in s["text"].split("\n\n"))
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}\n"
        f"{{\\info{{\\title Draft}}}}{{\\b {s['title']}}}\\par\nBy {s['author']}\\par\n{body}}}\n"
    ).encode()


def pdf_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    lines = [s["title"], "", f"By {s['author']}", ""]
    for paragraph in s["text"].split("\n\n"):
        lines += [*textwrap.wrap(paragraph, 80), ""]
    return pdf_of("".join(f"({line}) ' " for line in lines))


def pdf_of(content: str) -> bytes:
    """Return a PDF file of one page with this content."""
    stream = f"BT /F 11 Tf 16 TL 60 780 Td {content}ET" if content else ""
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F 5 0 R >> >>",
    )
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        file
        + (
            f"xref\n0 7\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
        ).encode()
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return buffer.getvalue()


def zip_file(source: Iterator[dict[str, str]]) -> bytes:
    return zipped({"a/one.txt": text_file(source), "b/two.html": html_file(source)})


def tar_of(files: dict[str, bytes]) -> bytes:
    """Return a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_file(source: Iterator[dict[str, str]]) -> bytes:
    return tar_of({"one.txt": text_file(source)})


def tgz_file(source: Iterator[dict[str, str]]) -> bytes:
    nested = zipped({"two.txt": text_file(source)})
    return gzip.compress(tar_of({"one.md": markdown_file(source), "two.zip": nested}), mtime=0)


def lexisnexis_file(source: Iterator[dict[str, str]]) -> bytes:
    parts = (
        f"\n                 {n} of 2 DOCUMENTS\n\n                 Hollin Post\n\n"
        f"                 May {n}, 2024 Wednesday\n\n{s['title']}\n\nBYLINE: {s['author']}\n\n"
        f"LENGTH: 60 words\n\n{s['text']}\n\nLOAD-DATE: May 2, 2024\n"
        for n, s in ((1, next(source)), (2, next(source)))
    )
    return "".join(parts).encode()


def factiva_file(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    lead, rest = s["text"].split("\n\n")
    return (
        f"HD\n{s['title']}\nBY  {s['author']}\nPD  1 May 2024\nSN  Hollin Post\nLA  English\n"
        f"LP\n{lead}\n\nTD\n{rest}\n\nAN  Document HOLPO00020240501ek510000x\n"
    ).encode()


# What other tools export, in the layout that they write (docs/formats.md says which versions).


def trafilatura_json(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    return json.dumps(
        {
            "title": s["title"], "author": s["author"], "hostname": "post.hollin.example",
            "date": s["date"][:10], "fingerprint": "6e4f8d070faed621", "id": None, "license": None,
            "comments": "", "raw_text": " ".join(s["text"].split()), "text": s["text"],
            "language": None, "image": None, "pagetype": "article", "filedate": "2024-06-01",
            "source": s["url"], "source-hostname": "Hollin Post", "excerpt": "News of Hollin.",
            "categories": "", "tags": "",
        }
    ).encode()  # fmt: skip


def trafilatura_csv(source: Iterator[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    for _ in range(2):
        s = next(source)
        writer.writerow(
            [
                s["url"], "null", "6e4f8d070faed621", "post.hollin.example", s["title"], "null",
                s["date"][:10], s["text"].replace("\n\n", "\n"), "null", "null", "article",
            ]
        )  # fmt: skip
    return buffer.getvalue().encode()


def trafilatura_txt(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    return (
        f"---\ntitle: {s['title']}\nauthor: {s['author']}\nurl: {s['url']}\n"
        "hostname: post.hollin.example\ndescription: News of Hollin.\nsitename: Hollin Post\n"
        f'date: "{s["date"][:10]}"\nfingerprint: "6e4f8d070faed621"\n---\n{s["text"]}\n'
    ).encode()


def trafilatura_xml(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    body = "".join(f"<p>{p}</p>\n" for p in s["text"].split("\n\n"))
    return (
        f'<doc sitename="Hollin Post" title="{s["title"]}" author="{s["author"]}" '
        f'date="{s["date"][:10]}" url="{s["url"]}" hostname="post.hollin.example" '
        f'fingerprint="6e4f8d070faed621">\n<main>\n<head rend="h1">{s["title"]}</head>\n{body}'
        "</main>\n<comments/>\n</doc>\n"
    ).encode()


def trafilatura_tei(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    statement = (
        f'<titleStmt><title type="main">{s["title"]}</title><author>{s["author"]}</author>'
        "</titleStmt>"
    )
    body = "".join(f"<p>{p}</p>\n" for p in s["text"].split("\n\n"))
    return (
        f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc>{statement}'
        f"<publicationStmt><p/></publicationStmt><sourceDesc>"
        f"<bibl>{s['title']}, Hollin Post, {s['date'][:10]}</bibl>"
        f"<biblFull>{statement}<publicationStmt>"
        "<publisher>Hollin Post (post.hollin.example)</publisher>"
        f'<ptr type="URL" target="{s["url"]}"/><date>{s["date"][:10]}</date></publicationStmt>'
        "</biblFull></sourceDesc></fileDesc><profileDesc>"
        "<abstract><p>News of Hollin.</p></abstract>"
        '<creation><date type="download">2024-06-01</date></creation></profileDesc></teiHeader>'
        f'<text><body><div type="entry"><ab rend="h1" type="header">{s["title"]}</ab>\n{body}</div>'
        '<div type="comments"/></body></text></TEI>\n'
    ).encode()


def trafilatura_html(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    stated = {
        "sitename": "Hollin Post", "title": s["title"], "author": s["author"],
        "date": s["date"][:10], "url": s["url"], "hostname": "post.hollin.example",
        "fingerprint": "6e4f8d070faed621",
    }  # fmt: skip
    head = "".join(f'    <meta name="{n}" content="{v}"/>\n' for n, v in stated.items())
    body = "".join(f"    <p>{p}</p>\n" for p in s["text"].split("\n\n"))
    return (
        f"<html>\n  <head>\n{head}  </head>\n  <body>\n    <h1>{s['title']}</h1>\n{body}"
        "  </body>\n</html>\n"
    ).encode()


def newspaper4k_json(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    return json.dumps(
        {
            "url": s["url"], "read_more_link": "", "language": "en", "title": s["title"],
            "top_image": "", "meta_img": "", "images": [], "movies": [], "keywords": [],
            "meta_keywords": [""], "tags": None, "authors": [s["author"]],
            "publish_date": s["date"], "summary": "", "meta_description": "News of Hollin.",
            "meta_lang": "en", "meta_favicon": "", "meta_site_name": "Hollin Post",
            "canonical_link": s["url"], "text": s["text"],
        },
        indent=4,
    ).encode()  # fmt: skip


def news_please_json(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    return json.dumps(
        {
            "authors": [s["author"]], "date_download": "2024-06-01 08:00:00",
            "date_modify": "None", "date_publish": "2024-05-17 06:30:00",
            "description": "News of Hollin.", "filename": "article.json", "image_url": None,
            "language": "en", "localpath": None, "maintext": s["text"],
            "source_domain": "post.hollin.example", "text": None, "title": s["title"],
            "title_page": None, "title_rss": None, "url": s["url"],
        }
    ).encode()  # fmt: skip


def fundus_json(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    sections = [{"headline": [], "paragraphs": s["text"].split("\n\n")}]
    return json.dumps(
        [
            {
                "title": s["title"], "authors": [s["author"]],
                "publishing_date": s["date"].replace("T", " "), "topics": ["bridges"],
                "body": {"summary": [], "sections": sections}, "free_access": True, "images": [],
            }
        ]
    ).encode()  # fmt: skip


def scrapy_csv(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["url", "headline", "author", "published_at", "body", "scraped_at"])
    row = [s["url"], s["title"], f"{s['author']},Per Lund", s["date"], s["text"], "2024-06-01"]
    writer.writerow(row)
    return buffer.getvalue().encode()


def scrapy_jsonl(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    paragraphs = s["text"].split("\n\n")
    item = {"link": s["url"], "title": s["title"], "author": [s["author"]], "date": s["date"]}
    return json.dumps(item | {"content": paragraphs}).encode() + b"\n"


def media_cloud_csv(source: Iterator[dict[str, str]]) -> bytes:
    s = next(source)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    domain = "post.hollin.example"
    writer.writerow(
        ["id", "indexed_date", "language", "media_name", "media_url", "publish_date", "title",
         "url", "text"]
    )  # fmt: skip
    day = s["date"][:10]
    story = ["17", "2024-06-01 08:00:00", "en", domain, domain, day, s["title"], s["url"]]
    writer.writerow([*story, s["text"]])
    return buffer.getvalue().encode()


MAKERS = {
    "text.txt": text_file,
    "markdown.md": markdown_file,
    "page.html": html_file,
    "page_files/style.css": lambda _: b"p { margin: 1em }\n",
    "page.xhtml": xhtml_file,
    "saved.mhtml": mhtml_file,
    "letter.eml": eml_file,
    "letters.mbox": mbox_file,
    "lines.jsonl": jsonl_file,
    "document.json": json_file,
    "table.csv": table_file,
    "table.tsv": tsv_file,
    "table.parquet": parquet_file,
    "table.arrow": arrow_file,
    "feed.rss": rss_file,
    "feed.atom": atom_file,
    "story.nitf": nitf_file,
    "newsml.xml": newsml_file,
    "tei.xml": tei_file,
    "crawl.warc": warc_file,
    "crawl.warc.gz": warc_gz_file,
    "crawl.warc.wet.gz": wet_gz_file,
    "story.docx": docx_file,
    "packed.txt.gz": lambda source: gzip.compress(text_file(source), mtime=0),
    "packed.txt.bz2": lambda source: bz2.compress(text_file(source)),
    "packed.txt.xz": lambda source: lzma.compress(text_file(source)),
    "packed.jsonl.zst": lambda source: zstd.compress(jsonl_file(source)),
    "several.zip": zip_file,
    "several.tar": tar_file,
    "nested.tgz": tgz_file,
    "lexisnexis.txt": lexisnexis_file,
    "factiva.txt": factiva_file,
    "story.rtf": rtf_file,
    "story.pdf": pdf_file,
    "exports/trafilatura.json": trafilatura_json,
    "exports/trafilatura.csv": trafilatura_csv,
    "exports/trafilatura.txt": trafilatura_txt,
    "exports/trafilatura.xml": trafilatura_xml,
    "exports/trafilatura.tei": trafilatura_tei,
    "exports/newspaper4k.json": newspaper4k_json,
    "exports/news-please.json": news_please_json,
    "exports/fundus.json": fundus_json,
    "exports/scrapy.csv": scrapy_csv,
    "exports/scrapy.jsonl": scrapy_jsonl,
    "exports/mediacloud.csv": media_cloud_csv,
    "exports/trafilatura.html": trafilatura_html,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "raw")
