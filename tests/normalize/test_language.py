"""A language where the text shows one, und where it does not, and always the same answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Language
from broadsheet.normalize.language import detect_languages, sample_of
from broadsheet.reasons import Reason

SETTINGS = Language()


def detect_language(text, settings=SETTINGS, declared=()):
    """Return what is detected of one text by itself."""
    return detect_languages([text], settings, [declared])[0]


SENTENCES = {
    "en": "The harbour council voted on Tuesday to reopen the old ferry line before the summer.",
    "de": "Der Hafenrat beschloss am Dienstag, die alte Fährlinie noch vor dem Sommer zu öffnen.",
    "fr": "Le conseil du port a décidé mardi de rouvrir l'ancienne ligne de ferry avant l'été.",
    "es": "El consejo del puerto decidió el martes reabrir la antigua línea de ferry este verano.",
    "pl": "Rada portu postanowiła we wtorek ponownie otworzyć starą linię promową przed latem.",
    "ru": "Совет порта решил во вторник вновь открыть старую паромную линию ещё до начала лета.",
    "uk": "Рада порту вирішила у вівторок знову відкрити стару поромну лінію ще до початку літа.",
    "ar": "قرر مجلس الميناء يوم الثلاثاء إعادة فتح خط العبارات القديم قبل بداية فصل الصيف المقبل",
    "ja": "港湾評議会は火曜日、古いフェリー航路を夏までに再開することを決めた。住民は歓迎している。"
    "工事は来月始まる予定で、費用は市と県が半分ずつ負担する見通しだという。",
    "zh-Hans": "港口委员会周二决定在夏季到来之前重新开放这条古老的轮渡航线，当地居民对此表示欢迎。"
    "工程预计下个月开始，费用将由城市和地区各承担一半，市长说这是一个好消息。",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_shows_its_language(language, text):
    detection = detect_language(text, SETTINGS)

    assert (detection.language, detection.notes) == (language, ())
    assert detection.score >= SETTINGS.min_score


ARTICLES = json.loads(
    (Path(__file__).parent / "vectors" / "declaration_article_1.json").read_text("utf-8")
)


@pytest.mark.parametrize(("language", "text"), ARTICLES.items())
def test_each_of_the_55_languages_is_told_by_two_sentences(language, text):
    assert detect_language(text, SETTINGS).language in {language, language.partition("-")[0]}


def test_the_55_languages_are_told_in_one_batch_as_one_by_one():
    texts = list(ARTICLES.values())

    together = detect_languages(texts, SETTINGS, [()] * len(texts))

    assert together == [detect_language(text, SETTINGS) for text in texts]


@pytest.mark.parametrize("text", ["", "AP", "2024 12 31", "!!! ???", "Ok.", "𝕏" * 3, "\ue000" * 80])
def test_too_little_to_tell_is_und(text):
    detection = detect_language(text, SETTINGS)

    assert (detection.language, detection.score) == ("und", 0.0)
    assert detection.notes == (Reason.LANGUAGE_UNSURE,)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Armenian", "Նավահանգստի խորհուրդը երեքշաբթի օրը որոշեց վերաբացել հին գիծը հիմա։"),
        ("Georgian", "ნავსადგურის საბჭომ სამშაბათს გადაწყვიტა ძველი ხაზის ხელახლა გახსნა"),
        ("Belarusian", "Рада порта вырашыла ў аўторак зноў адкрыць паромную лінію ўлетку"),
        ("Kazakh", "Порт кеңесі сейсенбі күні паром желісін қайта ашуға шешім қабылдады"),
        ("Azerbaijani", "Liman şurası çərşənbə axşamı bərə xəttini yenidən açmağı qərara aldı"),
        ("Icelandic", "Hafnarráðið ákvað á þriðjudag að opna ferjuleiðina aftur fyrir sumarið"),
    ],
)  # fmt: skip
def test_a_language_without_a_profile_is_und_where_its_letters_tell(language, text):
    detection = detect_language(text, SETTINGS)

    assert detection.language == "und", f"{language} is taken for {detection.language}"


def test_chinese_is_not_korean_and_its_script_may_stay_open():
    text = (
        "銷售代表說，合約的結束日期已經變更，廣告內容也已刪除，客戶可以在作業區查看帳單的百分比。"
    )

    detection = detect_language(text * 2, SETTINGS)

    assert detection.language in {"zh-Hant", "zh"}
    assert detection.notes == ()


@pytest.mark.parametrize(
    ("declared", "language", "notes"),
    [
        (["en-GB"], "en", ()),
        (["de", "en"], "en", ()),
        (["de"], "en", (Reason.LANGUAGE_CONFLICT,)),
        ([""], "en", (Reason.LANGUAGE_CONFLICT,)),
        ([], "en", ()),
    ],
)
def test_a_declaration_does_not_overrule_a_sure_detector(declared, language, notes):
    detection = detect_language(SENTENCES["en"], SETTINGS, declared)

    assert (detection.language, detection.notes) == (language, notes)


def test_a_declaration_decides_between_the_candidates_of_an_unsure_detector():
    strict = Language(min_score=1.0)

    assert detect_language(SENTENCES["es"], strict).language == "und"
    decided = detect_language(SENTENCES["es"], strict, ["es-MX"])
    assert (decided.language, decided.rule) == ("es", "langdetect+declared")


CLOSE = "Havnerådet vedtog tirsdag at åbne den gamle færgelinje igen inden sommeren i byen her"


def test_all_n_grams_decide_between_close_relatives():
    decided = detect_language(CLOSE, Language(min_score=1.0))

    assert (decided.language, decided.rule) == ("da", "langdetect+relatives")


def test_a_mixture_of_languages_that_are_no_relatives_stays_open():
    mixed = f"{SENTENCES['en']} {SENTENCES['de']}"

    assert detect_language(mixed, Language(min_score=1.0)).language == "und"


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_the_other_detector_agrees_or_abstains(language, text):
    settings = Language(detector="cld2")

    assert detect_language(text, settings).language in {language, "und"}
    assert detect_language(SENTENCES["de"] * 2, settings).language == "de"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("el", "Το συμβούλιο αποφάσισε την Τρίτη"),
        ("zh", "港口委员会周二决定重新开放这条古老的轮渡航线居民表示欢迎"),
        ("ja", "港湾評議会は火曜日に古い航路の再開を決めた"),
        ("gu", "બંદર સમિતિએ મંગળવારે જૂની ફેરી લાઇન ફરી શરૂ કરવાનો નિર્ણય કર્યો"),
    ],
)
def test_a_short_text_shows_its_language_where_the_script_leaves_only_one(language, text):
    assert detect_language(text, SETTINGS).language.split("-")[0] == language


def test_a_mixed_text_is_und():
    mixed = " ".join(SENTENCES[language] for language in ("en", "de", "fr", "es", "pl"))

    assert detect_language(mixed, SETTINGS).language == "und"


def test_sixteen_threads_give_one_answer():
    texts = list(SENTENCES.values()) * 16

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda text: detect_language(text, SETTINGS), texts))

    assert answers == [detect_language(text, SETTINGS) for text in texts]


def test_company_changes_no_answer():
    texts = [*SENTENCES.values(), "AP", "", *SENTENCES.values()] * 3

    together = detect_languages(texts, SETTINGS, [()] * len(texts))

    assert together == [detect_language(text, SETTINGS) for text in texts]


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text):
    detection = detect_language(text, SETTINGS)

    assert 0 <= detection.score <= 1
    assert (detection.language == "und") == bool(detection.notes)


@pytest.mark.parametrize(
    ("text", "most", "sample"),
    [
        ("short", 10, "short"),
        ("one two three", 9, "one two"),
        ("港湾評議会は火曜日", 4, "港湾評議"),
    ],
)
def test_a_sample_ends_with_a_whole_word_where_there_are_words(text, most, sample):
    assert sample_of(text, most) == sample
