"""Words of bylines: leads, roles, desks, particles, and the wire agencies by all their names."""

LEADS = (
    "by|words by|written by|story by|text by|reported by|reporting by|report by|posted by"
    "|published by|author|authors|von|text von|par|propos recueillis par|por|di|a cura di|door"
    "|av|af|tekst|autor|autorka|autorzy|автор|от|текст|przez|yazan|oleh|penulis|بقلم|كتب|מאת"
    "|作者|記者|记者|文|撰文|由|기자|文/"
)

_ROLE_WORDS_TEXT = (
    "reporter reporters correspondent correspondents editor editors writer writers columnist"
    " contributor contributors journalist analyst producer photographer staff bureau chief"
    " freelance associate deputy senior managing executive political business science health"
    " foreign diplomatic royal sports sport technology tech culture economics education"
    " environment crime legal defence defense security special national international"
    " redakteur redakteurin korrespondent korrespondentin journaliste correspondant"
    " correspondante rédacteur redactor redactora corresponsal periodista giornalista"
    " redacteur verslaggever journalistin reporterin author autor photos photo picture"
    " pictures video graphics illustration producer updated published min read shares"
    " 著 訳 監訳 記者 編集部 编辑 기자 특파원"
)
ROLE_WORDS = frozenset(_ROLE_WORDS_TEXT.split())

_ORGANISATION_WORDS_TEXT = (
    "news newsroom desk staff team agency agencies editorial board press media online web"
    " newspaper times post gazette herald tribune journal daily network tv radio service"
    " services wire wires redaktion rédaction redacción redazione redactie redakcja редакция"
    " ltd inc llc gmbh corporation association university institute ministry department"
    " admin administrator guest anonymous unknown webdesk bureau com org net copied link"
    " share subscribe follow comments advertisement sponsored content agentur agenturen agences"
    " agencias agenzie bbc cnn nbc cbs npr ard zdf mdr ndr wdr swr orf srf rtbf rtve"
)
ORGANISATION_WORDS = frozenset(_ORGANISATION_WORDS_TEXT.split())

DESK_WORDS = frozenset(
    {"staff", "desk", "team", "newsroom", "redaktion", "rédaction", "redacción", "redazione"}
)
"""Last words of a byline that names a whole desk."""

NAME_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "mp", "esq", "dr"})

_PARTICLES_TEXT = (
    "van von der den de da di do dos das del della la le du al el bin ibn ben zu zur ten ter"
)
PARTICLES = frozenset(_PARTICLES_TEXT.split())

_AGENCY_NAMES = {
    "AFP": "afp|agence france presse|agence france-presse",
    "AP": "ap|the associated press|associated press|ap news",
    "Reuters": "reuters|thomson reuters|reuters news",
    "dpa": "dpa|deutsche presse agentur|dpa international",
    "EFE": "efe|agencia efe",
    "ANSA": "ansa",
    "TASS": "tass|itar tass",
    "Xinhua": "xinhua|xinhua news agency|新华社|新華社",
    "Kyodo News": "kyodo|kyodo news|共同通信",
    "Jiji Press": "jiji|jiji press|時事通信",
    "Yonhap": "yonhap|yonhap news agency|연합뉴스",
    "PTI": "pti|press trust of india",
    "ANI": "ani|asian news international",
    "IANS": "ians|indo asian news service",
    "UPI": "upi|united press international",
    "PA Media": "pa|pa media|press association|pa news agency",
    "AAP": "aap|australian associated press",
    "The Canadian Press": "the canadian press|canadian press|la presse canadienne|cp",
    "Bloomberg": "bloomberg|bloomberg news",
    "Interfax": "interfax|интерфакс",
    "RIA Novosti": "ria novosti|ria|риа новости",
    "Ukrinform": "ukrinform|укрінформ",
    "Anadolu Agency": "anadolu agency|anadolu|aa|anadolu ajansı",
    "APA": "apa|austria presse agentur",
    "SDA": "sda|keystone sda|ats",
    "Belga": "belga",
    "ANP": "anp",
    "TT": "tt|tt nyhetsbyrån",
    "NTB": "ntb",
    "Ritzau": "ritzau",
    "STT": "stt",
    "PAP": "pap|polska agencja prasowa",
    "ČTK": "čtk|ctk",
    "MTI": "mti",
    "Agerpres": "agerpres",
    "BTA": "bta|бта",
    "Tanjug": "tanjug|танјуг",
    "Hina": "hina",
    "Lusa": "lusa|agência lusa",
    "Europa Press": "europa press",
    "Adnkronos": "adnkronos",
    "Bernama": "bernama",
    "Antara": "antara",
    "Press Trust of Nepal": "rss nepal",
    "APP": "app|associated press of pakistan",
    "MENA": "mena",
    "SPA": "spa|saudi press agency",
    "WAM": "wam",
    "IRNA": "irna",
    "Agência Brasil": "agência brasil",
    "Télam": "télam|telam",
    "Notimex": "notimex",
    "Prensa Latina": "prensa latina",
    "CNA (Taiwan)": "central news agency|中央社",
    "SID": "sid",
    "epd": "epd",
    "KNA": "kna",
}

AGENCIES = {
    " ".join(key.replace("-", " ").split()): name
    for name, keys in _AGENCY_NAMES.items()
    for key in keys.split("|")
}
"""Canonical name by folded name."""
