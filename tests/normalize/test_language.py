"""A language where the text shows one, und where it does not, and always the same answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Language
from broadsheet.normalize.language import detect_language, sample_of
from broadsheet.reasons import Reason

SETTINGS = Language()

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


@pytest.mark.parametrize("text", ["", "AP", "2024 12 31", "!!! ???", "Ok.", "𝕏" * 3, "\ue000" * 80])
def test_too_little_to_tell_is_und(text):
    detection = detect_language(text, SETTINGS)

    assert (detection.language, detection.score) == ("und", 0.0)
    assert detection.notes == (Reason.LANGUAGE_UNSURE,)


def test_a_mixed_text_is_und():
    mixed = " ".join(SENTENCES[language] for language in ("en", "de", "fr", "es", "pl"))

    assert detect_language(mixed, SETTINGS).language == "und"


def test_sixteen_threads_give_one_answer():
    texts = list(SENTENCES.values()) * 16

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda text: detect_language(text, SETTINGS), texts))

    assert answers == [detect_language(text, SETTINGS) for text in texts]


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
