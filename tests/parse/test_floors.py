"""Reading may not get worse: floors for pages made for this test, in eight languages and layouts.

Every page has traps: the headline of another story, a photograph with its own date and credit, a
call to subscribe, and in half of them no headline, byline or date at all.
"""

# ruff: noqa: E501 - a paragraph of a page is one line

from collections import Counter
from dataclasses import dataclass

import pytest

from broadsheet.parse import parse_many
from broadsheet.records import ParsedArticle, RawRecord, Source

BODY_F1, TITLE, DATE, AUTHOR, INVENTED = 0.98, 1.0, 1.0, 1.0, 0.0

ONE_PAGE = 1 / 24 + 1e-9
"""By how much a share of pages may miss its floor: one page more or less."""

BODY_TOLERANCE = 0.01
"""By how much the mean of the bodies may miss its floor: a line here and there."""


@dataclass(frozen=True)
class Story:
    """An invented story, and what stands around it."""

    title: str
    byline: str
    author: str
    date: str
    body: tuple[str, ...]
    menu: tuple[str, ...]
    other: str
    call: str


STORIES = (
    Story(
        "Last ferry leaves Port Ellery with eleven passengers",
        "By Nora Quill", "Nora Quill", "March 3, 2024",
        (
            "The last ferry of the season left the harbour of Port Ellery on Sunday night with eleven passengers on board, and nobody on the quay could say when the next would sail.",
            "The company that runs the line had announced in spring that it would close the route unless the three islands paid half of its losses. They refused in June.",
            "Mail and medicine will be brought by a fishing boat twice a week until the end of March, the harbour office said. After that, the islands will have to look for somebody else.",
        ),
        ("Home", "News", "Sport", "Weather"), "Herring returns to the bay after nine years", "Sign up for our newsletter",
    ),
    Story(
        "Letzte Fähre verlässt Hafen mit elf Passagieren",
        "Von Nora Federl", "Nora Federl", "3. März 2024",
        (
            "Die letzte Fähre der Saison hat am Sonntagabend den Hafen mit elf Passagieren verlassen, und niemand am Kai konnte sagen, wann die nächste fahren wird.",
            "Die Reederei hatte im Frühjahr angekündigt, die Linie einzustellen, wenn die drei Inseln nicht die Hälfte der Verluste übernehmen. Die Inseln lehnten im Juni ab.",
            "Post und Medikamente bringt bis Ende März zweimal in der Woche ein Fischerboot, teilte das Hafenamt mit. Danach müssen sich die Inseln jemand anderen suchen.",
        ),
        ("Startseite", "Politik", "Sport", "Wetter"), "Hering kehrt nach neun Jahren in die Bucht zurück", "Newsletter abonnieren",
    ),
    Story(
        "Le dernier bac quitte le port avec onze passagers",
        "Par Nora Plume", "Nora Plume", "3 mars 2024",
        (
            "Le dernier bac de la saison a quitté le port dimanche soir avec onze passagers à bord, et personne sur le quai ne savait dire quand partirait le prochain.",
            "La compagnie avait annoncé au printemps qu'elle fermerait la ligne si les trois îles ne prenaient pas en charge la moitié de ses pertes. Elles ont refusé en juin.",
            "Le courrier et les médicaments seront apportés deux fois par semaine par un bateau de pêche jusqu'à la fin mars, selon la capitainerie. Ensuite, les îles devront chercher ailleurs.",
        ),
        ("Accueil", "Politique", "Sport", "Météo"), "Le hareng revient dans la baie après neuf ans", "Abonnez-vous à la newsletter",
    ),
    Story(
        "El último transbordador deja el puerto con once pasajeros",
        "Por Nora Pluma", "Nora Pluma", "3 de marzo de 2024",
        (
            "El último transbordador de la temporada dejó el puerto el domingo por la noche con once pasajeros a bordo, y nadie en el muelle sabía cuándo saldría el siguiente.",
            "La compañía había anunciado en primavera que cerraría la ruta si las tres islas no pagaban la mitad de sus pérdidas. Las islas se negaron en junio.",
            "El correo y las medicinas llegarán dos veces por semana en un barco de pesca hasta finales de marzo, dijo la oficina del puerto. Después, las islas tendrán que buscar a otro.",
        ),
        ("Inicio", "Política", "Deportes", "El tiempo"), "El arenque vuelve a la bahía después de nueve años", "Suscríbete a nuestro boletín",
    ),
    Story(
        "L'ultimo traghetto lascia il porto con undici passeggeri",
        "Di Nora Penna", "Nora Penna", "3 marzo 2024",
        (
            "L'ultimo traghetto della stagione ha lasciato il porto domenica sera con undici passeggeri a bordo, e nessuno sul molo sapeva dire quando sarebbe partito il prossimo.",
            "La compagnia aveva annunciato in primavera che avrebbe chiuso la linea se le tre isole non avessero pagato metà delle perdite. A giugno le isole hanno rifiutato.",
            "Posta e medicine arriveranno due volte alla settimana con un peschereccio fino alla fine di marzo, ha detto la capitaneria. Poi le isole dovranno cercare qualcun altro.",
        ),
        ("Home", "Politica", "Sport", "Meteo"), "Le aringhe tornano nella baia dopo nove anni", "Iscriviti alla newsletter",
    ),
    Story(
        "Ostatni prom opuścił port z jedenastoma pasażerami",
        "Nora Pióro", "Nora Pióro", "3 marca 2024",
        (
            "Ostatni prom w tym sezonie opuścił port w niedzielę wieczorem z jedenastoma pasażerami na pokładzie, a nikt na nabrzeżu nie umiał powiedzieć, kiedy wypłynie następny.",
            "Spółka zapowiedziała wiosną, że zamknie linię, jeśli trzy wyspy nie pokryją połowy jej strat. Wyspy odmówiły w czerwcu.",
            "Pocztę i leki będzie do końca marca przywozić dwa razy w tygodniu kuter rybacki, poinformował kapitanat portu. Potem wyspy będą musiały poszukać kogoś innego.",
        ),
        ("Strona główna", "Polityka", "Sport", "Pogoda"), "Śledź wraca do zatoki po dziewięciu latach", "Zapisz się do newslettera",
    ),
    Story(
        "Последний паром ушёл из порта с одиннадцатью пассажирами",
        "Автор: Нора Пёрышкина", "Нора Пёрышкина", "3 марта 2024",
        (
            "Последний паром сезона ушёл из порта в воскресенье вечером с одиннадцатью пассажирами на борту, и никто на причале не мог сказать, когда пойдёт следующий.",
            "Весной компания объявила, что закроет линию, если три острова не возьмут на себя половину её убытков. В июне острова отказались.",
            "Почту и лекарства до конца марта будет дважды в неделю привозить рыболовное судно, сообщили в администрации порта. Потом островам придётся искать кого-то другого.",
        ),
        ("Главная", "Политика", "Спорт", "Погода"), "Сельдь вернулась в залив спустя девять лет", "Подпишитесь на рассылку",
    ),
    Story(
        "Último barco deixa o porto com onze passageiros",
        "Por Nora Pena", "Nora Pena", "3 de março de 2024",
        (
            "O último barco da temporada deixou o porto no domingo à noite com onze passageiros a bordo, e ninguém no cais sabia dizer quando sairia o próximo.",
            "A empresa tinha anunciado na primavera que fecharia a linha se as três ilhas não pagassem metade dos prejuízos. As ilhas recusaram em junho.",
            "O correio e os remédios chegarão duas vezes por semana num barco de pesca até ao fim de março, disse a capitania. Depois, as ilhas terão de procurar outra pessoa.",
        ),
        ("Início", "Política", "Esporte", "Tempo"), "O arenque volta à baía depois de nove anos", "Assine a nossa newsletter",
    ),
)  # fmt: skip


def plain(story, head):
    """Return a page as text with blank lines."""
    caption = "The ferry at the quay on Nov. 7, 2019. (Tom Arbuth/AFP via Getty Images)"
    around = (*story.menu, *head, caption, *story.body, story.call, story.other, "© 2024 Gazette")
    return "\n\n".join(around)


def markdown(story, head):
    """Return a page as Markdown, its menu a list of links."""
    menu = "\n".join(
        f"* [{word}](https://gazette.example/{n})" for n, word in enumerate(story.menu)
    )
    marked = [f"# {head[0]}", *head[1:]] if head else []
    link = f"[{story.other}](https://gazette.example/other)"
    return "\n\n".join([menu, *marked, *story.body, f"**{story.call}**", link])


def crowded(story, head):
    """Return a page with menus above and below, without blank lines in them."""
    menu = "\n".join(story.menu * 4)
    return "\n\n".join([menu, *head, "\n\n".join(story.body), f"{story.call}\n{menu}"])


LAYOUTS = (plain, markdown, crowded)


def read(has_head):
    """Return each story and what is read of it, in each layout."""
    told = [
        (story, layout(story, (story.title, story.byline, story.date) if has_head else ()))
        for story in STORIES
        for layout in LAYOUTS
    ]
    records = [
        RawRecord(source=Source("p.txt", None, 0, 0, "0" * 64, "text"), text=text, media="text")
        for _, text in told
    ]
    return [
        (story, article)
        for (story, _), article in zip(told, parse_many(records), strict=True)
        if isinstance(article, ParsedArticle)
    ]


def first(article, name):
    """Return the surest value of a field."""
    return next((witness.value for witness in article.of(name)), None)


def words_in_common(story, article):
    """Return the F1 of a text's words."""
    truth, found = Counter(" ".join(story.body).split()), Counter(article.text.split())
    return 2 * sum((truth & found).values()) / (truth.total() + found.total())


@pytest.fixture(scope="module")
def headed():
    """Give the pages that state everything, read."""
    return read(has_head=True)


@pytest.fixture(scope="module")
def bare():
    """Give the pages that state nothing but the story, read."""
    return read(has_head=False)


def share(flags):
    """Return the share of all pages for which something holds."""
    return sum(flags) / (len(STORIES) * len(LAYOUTS))


def test_bodies(headed, bare):
    for pages in (headed, bare):
        assert share(words_in_common(*one) for one in pages) >= BODY_F1 - BODY_TOLERANCE


@pytest.mark.parametrize(
    ("name", "column", "floor"),
    [("title", "title", TITLE), ("published", "date", DATE), ("author", "author", AUTHOR)],
)
def test_heads(headed, name, column, floor):
    right = [first(article, name) == getattr(story, column) for story, article in headed]
    assert share(right) >= floor - ONE_PAGE


@pytest.mark.parametrize("name", ["title", "published", "author"])
def test_what_no_line_states_is_null(bare, name):
    assert share(first(article, name) is not None for _, article in bare) <= INVENTED + ONE_PAGE
