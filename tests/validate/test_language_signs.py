"""A text that plainly is in another language than its label is seen; nothing else is."""

import pytest

from broadsheet.validate.language_signs import can_be_in

ENGLISH = "The council said that it was for the bridge and that the vote on it was open. " * 4
GERMAN = "Der Rat ist nicht mit sich einig und auch die Brücke wird auf Jahre ein Streit. " * 4
RUSSIAN = "Совет города принял решение о строительстве нового моста через реку весной. " * 4
GREEK = "Το συμβούλιο της πόλης ενέκρινε την κατασκευή της νέας γέφυρας στο λιμάνι. " * 4
JAPANESE = "市議会は月曜日、冬の前に古い港をしゅんせつすることを決めたと発表しました。" * 4


@pytest.mark.parametrize(
    ("text", "tag", "answer"),
    [
        (ENGLISH, "en", True),
        (ENGLISH, "en-GB", True),
        (ENGLISH, "de", False),
        (ENGLISH, "fr", False),
        (ENGLISH, "und", True),
        (ENGLISH, "cy", True),
        (ENGLISH, "ru", False),
        (GERMAN, "de", True),
        (GERMAN, "en", False),
        (RUSSIAN, "ru", True),
        (RUSSIAN, "uk", True),
        (RUSSIAN, "en", False),
        (GREEK, "el", True),
        (GREEK, "bg", False),
        (JAPANESE, "ja", True),
        (JAPANESE, "zh", False),
        (JAPANESE, "ko", False),
        ("", "en", True),
        ("12 : 3", "ru", True),
        ("Brell wins.", "ru", True),
    ],
)
def test_signs_of_a_language(text, tag, answer):
    assert can_be_in(text, tag) is answer
