"""Cases 13 to 23: HTML, read and refined as in a run, behind the guard."""

import pytest

BODY = "".join(
    f"<p>The council of Hollin voted on Tuesday for bridge number {n}, which is to open in June "
    "and will carry both trams and carts across the river.</p>"
    for n in range(4)
)


def page(body: str, head: str = "") -> bytes:
    """Return a page of this body."""
    return f"<html><head><title>Bridge</title>{head}</head><body>{body}</body></html>".encode()


def nest(depth: int) -> str:
    return "<div>" * depth + "deep" + "</div>" * depth


CASES = {
    "13 depth 260": (page(f"{nest(260)}<article>{BODY}</article>"), {"P"}),
    "14 depth 3,000": (page(f"{nest(3_000)}<article>{BODY}</article>"), {"P"}),
    "14 depth 100,000": (page(f"{nest(100_000)}<article>{BODY}</article>"), {"P"}),
    "15 a text node of 11 MB": (page(f"<article>{BODY}<p>{'word ' * 2_200_000}</p>"), {"P"}),
    "16 an attribute of 12 MB": (
        page(f"<article data-x='{'x' * 12_000_000}'>{BODY}</article>"),
        {"P"},
    ),
    "17 20,000 links": (
        page(f"<article>{BODY}</article>{'<a href=/x>more news</a> ' * 20_000}"),
        {"P", "resource.timeout"},
    ),
    "18 100,000 paragraphs": (
        page(f"<article>{''.join(f'<p>Line {n} of it.</p>' for n in range(100_000))}</article>"),
        {"P", "resource.timeout"},
    ),
    "19 5,000 unclosed tags": (page(f"{'<b><i>' * 2_500}<article>{BODY}"), {"P"}),
    "20 things to fetch": (
        page(
            f"<article>{BODY}<img src='http://127.0.0.1:9/x.png'><iframe src='http://127.0.0.1:9/'>"
            "</iframe></article>",
            "<base href='http://127.0.0.1:9/'><meta http-equiv=refresh content='0;url=/x'>",
        ),
        {"P"},
    ),
    "21 a script alone": (page("<script>document.write('news')</script>"), {"content.empty"}),
    "22 a table of 300 x 300": (
        page(
            f"<article>{BODY}<table>{('<tr>' + '<td>7</td>' * 300 + '</tr>') * 300}</table>"
            "</article>"
        ),
        {"P"},
    ),
    "23 40,000 spans": (
        page(f"<article>{BODY}<p>{'<span>word</span> ' * 40_000}</p></article>"),
        {"P"},
    ),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("case", CASES)
def test_html(outcomes_of_rows, case):
    raw, expected = CASES[case]

    ((reason, text),) = outcomes_of_rows({"case.html": raw})

    assert reason in expected
    if reason == "P":
        assert "bridge number 3" in text or "18" in case
