"""What a URL may carry beside the article's address: trackers, sessions, AMP and mobile forms.

The families of tracking parameters are those that the ClearURLs project removes for every site;
the list here is our own, without its site-specific rules.
"""

import re

from broadsheet.normalize.hosts import registrable_domain

_TRACKING_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "vero_", "oly_", "_hs", "__hs", "ga_",
    "_ga", "_gl",
    "at_campaign", "at_medium", "at_custom", "at_link", "at_format", "at_bbc", "at_ptr", "at_point",
    "fb_action", "fb_ref", "fb_source", "fbc_", "mc_", "ns_", "wt_mc", "wt_zmc", "trk_", "itm_",
    "__cft__", "action_object_", "action_type_", "action_ref_", "hmb_", "otm_", "amp_",
    "xtor", "ml_subscriber", "stm_", "sc_", "dm_", "elq", "_bta_", "rb_", "tw_",
)  # fmt: skip
_TRACKING_TEXT = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid ymclid twclid ttclid igshid"
    " igsh li_fat_id epik s_cid s_kwcid ef_id cmpid cmp cmpcampid ncid nr_email_referer"
    " mkt_tok mkt_unsubscribe mkwid pcrid soc_src soc_trk wickedid irclickid irgwc rdt_cid"
    " guccounter guce_referrer guce_referrer_sig spm scm share_source share_medium"
    " smid smtyp smprod partner_ref gaa_at gaa_n gaa_ts gaa_sig taid sr_share sref"
    " __twitter_impression _openstat ito echobox ocid cvid feature_src wpsrc wpisrc"
    " linkcode tag_src trackingid _branch_match_id cndid esrc esid mbid bxid"
    " referer referrer reflink sharetoken __tn__ __cft__"
    " ref_src ref_url refsrc ftag ftcamp fromsource cid_source cm_mmc cm_ite cm_cat cm_pla"
    " emailid email_hash os_ehash rss src_ref srnd traffic_source via_source"
    " utm gs_l hsctatracking srsltid wtrid tracking_source ceneo_spo __s _ke _kx icid"
    " campaign_id regi_id usqp"
    " ssr_share _x_tr_sl _x_tr_tl _x_tr_hl _x_tr_pto _x_tr_hist"
)
_TRACKING = frozenset(_TRACKING_TEXT.split())
# Where the reader comes from, in names that mean other things with other values.
_ORIGIN = frozenset({"src", "source", "partner", "emc", "cid", "from", "ref", "via"})
_ORIGINS_TEXT = "rss feed newsletter share social twitter tw facebook fb whatsapp telegram"
_ORIGINS = frozenset(_ORIGINS_TEXT.split())
_SESSION = frozenset(
    {"jsessionid", "phpsessid", "sessionid", "session_id", "cfid", "cftoken", "zenid", "oscsid"}
)
# Short names that are a session's on one site and an article's on another: the value tells.
_PERHAPS_SESSION = frozenset({"sid", "s", "session", "sess"})
_SESSION_TOKEN = re.compile(r"(?=.*\d)[0-9A-Za-z]{24,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_COOKIELESS_SESSION = re.compile(r"/\((?:[A-Z]\([^()/]*\))+\)(?=/)", re.IGNORECASE)
_INDEX_PAGE = re.compile(
    r"(?:/+(?:index|default|home)\.(?:html?|php\d?|aspx?|jsp|cfm|shtml|do))+/*$", re.IGNORECASE
)
_AMP_VALUES = frozenset({"", "1", "true", "amp", "yes"})
_AMP_SWITCHES = frozenset({"amp", "_amp", "isamp"})
_FORM_OF_PAGE = frozenset({"outputtype", "output", "view", "format", "mode", "type"})
_HTML_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_BLOG_HOST = re.compile(r"\.blogspot\.[a-z]{2,3}(?:\.[a-z]{2})?$")
_AMP_PATH = re.compile(r"(?:/+amp|\.amp)+/*$|(?:\.amp)+(?=\.html?/*$)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/[cvi]/(s/)?([^/]+\.[^/]+)(/.*)?", re.IGNORECASE)
_AMP_VIEWER = re.compile(r"/amp/(s/)?([^/]+\.[^/]+)(/.*)?", re.IGNORECASE)
_VIEWER_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_READER_LABELS = frozenset({"www", "m", "mobile", "amp", "wap", "touch"})


def without_tracking(query: str, host: str) -> str:
    """Return a query without what tracks a reader or a session, or asks for an AMP or mobile form.

    Args:
        query: with its question mark, or empty; ``&amp;``, as copied from HTML, counts as ``&``.
        host: whose it is.

    """
    if len(query) <= 1:
        return ""
    parameters = _HTML_AMPERSAND.sub("&", query[1:]).split("&")
    kept = [part for part in parameters if part and not _is_noise(part, host)]
    return "?" + "&".join(kept) if kept else ""


def _is_noise(parameter: str, host: str) -> bool:
    name, _, value = parameter.partition("=")
    name = name.lower()
    if name in _AMP_SWITCHES:
        return value.lower() in _AMP_VALUES
    if name in _FORM_OF_PAGE:
        return value.lower() == "amp"
    if name in _ORIGIN:
        return value.lower() in _ORIGINS
    if name == "m":
        return value in {"0", "1"} and bool(_BLOG_HOST.search(host))
    if name in _PERHAPS_SESSION:
        return bool(_SESSION_TOKEN.fullmatch(value))
    return name in _TRACKING or name in _SESSION or name.startswith(_TRACKING_PREFIXES)


def drop_session(path: str) -> str:
    """Return a path without the session ids that Java and ASP.NET write into it."""
    return _COOKIELESS_SESSION.sub("", _PATH_SESSION.sub("", path))


def drop_index_page(path: str, *, has_query: bool) -> str:
    """Return a path without a default index page, unless a query addresses through it."""
    return path if has_query else _INDEX_PAGE.sub("/", path)


def original_of_amp(scheme: str, host: str, path: str, query: str) -> tuple[str, str, str, str]:
    """Return the parts of the article's own URL for those of an AMP copy.

    AMP caches and viewers carry the publisher's address in their path; a publisher's own AMP
    pages differ by ``/amp`` or ``.amp`` at the end.
    """
    pattern = None
    if host.endswith(".cdn.ampproject.org"):
        pattern = _AMP_CACHE
    elif _VIEWER_HOST.fullmatch(host):
        pattern = _AMP_VIEWER
    carried = pattern.fullmatch(path) if pattern else None
    if carried and registrable_domain(carried[2]):
        scheme = "https:" if carried[1] else "http:"
        host, path = carried[2].lower(), carried[3] or "/"
    while (shorter := _AMP_PATH.sub("", path)) != path and shorter.strip("/"):
        path = shorter
    return scheme, host, path, query


def desktop_host(host: str) -> str:
    """Return a host without the labels that only say for which reader it serves.

    ``www``, ``m``, ``mobile`` and the like, at the front or after a language
    (``en.m.encyclopedia.example``), as long as a registrable domain is left.
    """
    name, colon, port = host.partition(":")
    domain = registrable_domain(name)
    if not domain or name == domain:
        return host
    labels = name.removesuffix(domain).rstrip(".").split(".")
    kept = [label for label in labels if label not in _READER_LABELS]
    return ".".join([*kept, domain]) + colon + port
