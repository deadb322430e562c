"""A table of addresses that are one page, and of addresses that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.normalize.urls import CanonicalUrl, canonicalize_url, identity_url
from broadsheet.reasons import Reason

PAGE = "https://news.example/2024/03/ferry?id=5"

# Parameters of the ClearURLs families, and of the newsletters, feeds and share buttons of papers.
TRACKERS = [
    "utm_source=x", "utm_medium=x", "utm_campaign=a%20b", "utm_term", "utm=1", "UTM_SOURCE=X",
    "utm_id=7", "ga_source=x", "_ga=1.2", "_gl=1*2", "yclid=1", "ysclid=1", "_openstat=a",
    "fb_action_ids=1", "fb_action_types=1", "fb_source=x", "fb_ref=x", "fbclid=x",
    "action_object_map=x", "action_type_map=x", "action_ref_map=x", "gs_l=x", "mkt_tok=x",
    "hmb_campaign=x", "hmb_medium=x", "gclid=x", "dclid=x", "gbraid=x", "wbraid=x", "srsltid=x",
    "otm_source=x", "cmpid=x", "os_ehash=x", "__twitter_impression=true", "wt_mc=x", "wt_zmc=x",
    "wtrid=x", "mc_cid=x", "mc_eid=x", "ml_subscriber=x", "ml_subscriber_hash=x", "msclkid=x",
    "twclid=x", "ttclid=x", "igshid=x", "igsh=x", "_hsenc=x", "_hsmi=x", "__hssc=x", "__hstc=x",
    "__hsfp=x", "hsCtaTracking=x", "spm=a.b", "Echobox=16", "xtor=RSS-1", "at_medium=x",
    "at_campaign=x", "at_custom1=x", "ns_mchannel=x", "ns_source=x", "oly_enc_id=x",
    "oly_anon_id=x", "rb_clickid=x", "s_cid=x", "vero_id=x", "vero_conv=x", "wickedid=x",
    "__cft__[0]=x", "__cft__%5B0%5D=x", "__tn__=x", "mtm_source=x", "pk_campaign=x",
    "matomo_kwd=x", "piwik_campaign=x", "itm_source=x", "tracking_source=x", "CMP=share_btn_tw",
    "smid=tw", "ocid=social", "ncid=rss", "ftag=x", "guccounter=1", "guce_referrer=x",
    "src=rss", "partner=rss", "emc=rss", "cid=rss", "from=rss", "_x_tr_sl=de", "__s=x",
    "_kx=x", "icid=x", "campaign_id=4", "regi_id=4", "gaa_at=x", "s_kwcid=x", "trk_msg=x",
    "elqTrackId=x", "mkwid=x", "pcrid=x", "li_fat_id=x", "epik=x", "rdt_cid=x",
    "_branch_match_id=x", "sr_share=twitter", "soc_src=x", "soc_trk=x", "sref=x", "ref_src=x",
    "outputType=amp", "output=amp", "amp=1", "amp", "_amp=true", "amp_js_v=0.1", "usqp=mq331",
    "jsessionid=0A1B", "PHPSESSID=0123456789abcdef", "sid=0123456789abcdef0123456789abcdef",
]  # fmt: skip

# Parameters by which sites name an article, an edition or a page of it.
NAMES_OF_PAGES = [
    "p=77", "page=2", "pg=2", "pid=3", "aid=3", "nid=3", "sid=1234", "s=ferry", "a=1", "c=2",
    "story=4", "storyid=4", "story_id=4", "article=4", "article_id=4", "articleid=4", "news_id=4",
    "newsid=4", "no=4", "idx=4", "idxno=4", "seq=4", "key=4", "code=4", "cat=4", "section=world",
    "lang=de", "hl=de", "edition=uk", "date=20240301", "q=ferry", "v=abc", "video=1", "doc=1",
    "view=article", "type=video", "format=print", "mode=list", "m=1", "output=xml", "session=12",
    "oid=1", "dist=sport", "media=1", "mc=5", "at=5", "tag=ferry", "campaign=ferry", "ref=harbour",
    "amp=200", "vn=4",
]  # fmt: skip

VARIANTS = [
    # scheme, host, port
    ("http://news.example/a", "https://news.example/a"),
    ("https://news.example:443/a", "https://news.example/a"),
    ("http://news.example:80/a", "https://news.example/a"),
    ("https://NEWS.Example/a", "https://news.example/a"),
    ("https://news.example./a", "https://news.example/a"),
    ("https://www.news.example/a", "https://news.example/a"),
    ("//news.example/a", "https://news.example/a"),
    ("www.news.example/a", "https://news.example/a"),
    ("https://jo:secret@news.example/a", "https://news.example/a"),
    ("https://m.news.example/a", "https://news.example/a"),
    ("https://mobile.news.example/a", "https://news.example/a"),
    ("https://amp.news.example/a", "https://news.example/a"),
    ("https://wap.news.co.uk/a", "https://www.news.co.uk/a"),
    ("https://touch.news.com.br/a", "https://news.com.br/a"),
    ("https://en.m.news.example/a", "https://en.news.example/a"),
    ("https://www.en.news.example/a", "https://en.news.example/a"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://BÜCHER.example/a", "https://bücher.example/a"),
    ("https://газета.рф/a", "https://xn--80aahjj1e.xn--p1ai/a"),
    ("https://ｎｅｗｓ.example/a", "https://news.example/a"),
    # path
    ("https://news.example", "https://news.example/"),
    ("https://news.example/a/", "https://news.example/a"),
    ("https://news.example/a/./b/../c", "https://news.example/a/c"),
    ("https://news.example/a/%2e%2e/c", "https://news.example/c"),
    ("https://news.example/%61", "https://news.example/a"),
    ("https://news.example/caf%c3%a9", "https://news.example/café"),
    ("https://news.example/%7Ejo", "https://news.example/~jo"),
    ("https://news.example/a/index.html", "https://news.example/a/"),
    ("https://news.example/a/index.htm", "https://news.example/a"),
    ("https://news.example/a/index.php", "https://news.example/a"),
    ("https://news.example/a/index.shtml", "https://news.example/a"),
    ("https://news.example/a/Default.aspx", "https://news.example/a"),
    ("https://news.example/a;jsessionid=0A1B2C", "https://news.example/a"),
    ("https://news.example/(S(abc123))/a.aspx", "https://news.example/a.aspx"),
    # query and fragment
    ("https://news.example/a?", "https://news.example/a"),
    ("https://news.example/a#comments", "https://news.example/a"),
    ("https://news.example/a#:~:text=ferry", "https://news.example/a"),
    ("https://news.example/a#utm_source=x", "https://news.example/a"),
    ("https://news.example/a?x=1&y=2", "https://news.example/a?y=2&x=1"),
    ("https://news.example/a?x=1&&y=2", "https://news.example/a?x=1&y=2"),
    ("https://news.example/a?x=1&amp;y=2", "https://news.example/a?x=1&y=2"),
    ("https://news.example/a?x=1&amp;amp;utm_source=y", "https://news.example/a?x=1"),
    ("https://news.example/a?q=%7e", "https://news.example/a?q=~"),
    # AMP, mobile
    ("https://news.example/a/amp", "https://news.example/a"),
    ("https://news.example/a/amp/", "https://news.example/a"),
    ("https://news.example/a.amp", "https://news.example/a"),
    ("https://news.example/a.amp.html", "https://news.example/a.html"),
    ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/a"),
    ("https://news-example.cdn.ampproject.org/v/s/news.example/a?amp_js_v=0.1&usqp=mq331",
     "https://news.example/a"),
    ("https://www.google.com/amp/s/news.example/a", "https://news.example/a"),
    ("https://www.google.co.uk/amp/s/news.example/a/amp/", "https://news.example/a"),
    ("https://gazette.blogspot.com/2024/03/a.html?m=1", "https://gazette.blogspot.com/2024/03/a.html"),
    ("https://gazette.blogspot.co.uk/a.html?m=0", "https://gazette.blogspot.co.uk/a.html"),
]  # fmt: skip

DIFFERENT = [
    ("https://news.example/a", "https://news.example/b"),
    ("https://news.example/a", "https://news.example/A"),
    ("https://news.example/a", "https://news.example/a/b"),
    ("https://news.example/a.html", "https://news.example/a"),
    ("https://news.example/a%2Fb", "https://news.example/a/b"),
    ("https://news.example/a%3Fid=5", "https://news.example/a?id=5"),
    ("https://news.example/a//b", "https://news.example/a/b"),
    ("https://news.example/a+b", "https://news.example/a%20b"),
    ("https://news.example/?p=1", "https://news.example/?p=2"),
    ("https://news.example/?p=1", "https://news.example/"),
    ("https://news.example/?P=1", "https://news.example/?p=1"),
    ("https://news.example/index.php?id=1", "https://news.example/index.php?id=2"),
    ("https://news.example/index.php?id=1", "https://news.example/?id=1"),
    ("https://news.example/a?page=1", "https://news.example/a?page=2"),
    ("https://news.example/a?x=1&x=2", "https://news.example/a?x=1"),
    ("https://en.news.example/a", "https://de.news.example/a"),
    ("https://edition.news.example/a", "https://news.example/a"),
    ("https://news.example/a", "https://news.example.org/a"),
    ("https://news.example:8080/a", "https://news.example/a"),
    ("https://m.example/a", "https://w.example/a"),
    ("https://m.co.uk/a", "https://n.co.uk/a"),
    ("https://one.blogspot.com/a", "https://two.blogspot.com/a"),
    ("https://news.example/#!/1", "https://news.example/#!/2"),
    ("https://news.example/amp", "https://news.example/"),
    ("https://news.example/volt/10-amp", "https://news.example/volt/10"),
    ("https://news.example/a?amp=200", "https://news.example/a"),
    ("https://news.example/index", "https://news.example/"),
    ("https://news.example/myindex.html", "https://news.example/"),
    ("https://bucher.example/a", "https://bücher.example/a"),
]


def identity(found):
    result = canonicalize_url(found)
    assert isinstance(result, CanonicalUrl), f"{found!r} is refused: {result}"
    return identity_url(result.url)


@pytest.mark.parametrize("tracker", TRACKERS)
def test_what_tracks_is_cut_wherever_it_stands(tracker):
    page = canonicalize_url(PAGE)

    assert canonicalize_url(f"{PAGE}&{tracker}").url == page.url
    assert canonicalize_url(PAGE.replace("?", f"?{tracker}&")).url == page.url


@pytest.mark.parametrize("name", NAMES_OF_PAGES)
def test_what_may_name_a_page_is_kept(name):
    assert canonicalize_url(f"https://news.example/a?{name}").url.endswith(f"?{name}")


@pytest.mark.parametrize(("one", "other"), VARIANTS)
def test_variants_of_one_page_meet(one, other):
    assert identity(one) == identity(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_pages_do_not_meet(one, other):
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    "found",
    [
        "https://good.example\\@evil.example/",
        "https:\\\\evil.example/a",
        "https://good.example\\.evil.example/",
        "https://good.example/a\\..\\b",
    ],
)
def test_a_backslash_never_decides_which_host_is_meant(found):
    assert canonicalize_url(found) == Reason.URL_HOST


@pytest.mark.parametrize(
    ("found", "host"),
    [
        ("https://good.example@evil.example/a", "evil.example"),
        ("https://good.example:443@evil.example/a", "evil.example"),
        ("https://good.example%40evil.example@third.example/", "third.example"),
        ("https://evil.example#@good.example/", "evil.example"),
        ("https://evil.example?@good.example/", "evil.example"),
        ("https://a@b@evil.example/", "evil.example"),
    ],
)
def test_the_host_is_the_one_that_a_browser_opens(found, host):
    assert canonicalize_url(found).host == host


HOSTS = st.sampled_from(
    ["news.example", "m.news.co.uk", "www.en.m.news.example", "x.blogspot.com", "bücher.example"]
)
SEGMENTS = st.lists(
    st.sampled_from(
        ["a", "amp", "index.html", "b.amp", "c.amp.html", "%7e", "é", "..", "", "d;sid=1", "(S(x))"]
    ),
    max_size=5,
)
QUERIES = st.lists(
    st.sampled_from([*TRACKERS, *NAMES_OF_PAGES, "amp;", "&amp;amp;x", "%26amp;y", "=", "m=1"]),
    max_size=4,
)


@given(host=HOSTS, segments=SEGMENTS, query=QUERIES)
def test_neither_form_changes_when_it_is_made_again(host, segments, query):
    first = canonicalize_url(f"https://{host}/{'/'.join(segments)}?{'&'.join(query)}")

    key = identity_url(first.url)

    assert canonicalize_url(first.url).url == first.url
    assert identity_url(f"https://{key}") == key
