"""Which language a text is in, by langdetect made dependable.

langdetect (Shuyo's profiles of Wikipedia) draws n-grams at random, reads its profiles in the order
of the file system, and answers even for two letters. Here its seed is 0, the profiles are read
once, in the order of their names, under a lock, and what is too short or too unsure is ``und``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from broadsheet.config import Language
from broadsheet.reasons import Reason

UNDETERMINED: Final = "und"
"""The BCP 47 tag of no known language."""

_SEED: Final = 0
_TAGS: Final = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
_loading: Final = Lock()


@dataclass(frozen=True, slots=True)
class Detection:
    """What the detector says of a text.

    Attributes:
        language: BCP 47 tag; ``und`` where it abstains.
        score: the detector's probability of it, 0 to 1; 0 where it abstains.
        notes: ``language.unsure`` where it abstains.

    """

    language: str
    score: float
    notes: tuple[Reason, ...] = ()


def detect_language(text: str, settings: Language) -> Detection:
    """Detect the language of a text from its first characters.

    The same text gives the same answer in every thread, process and order.

    Args:
        text: the body.
        settings: the sample's size, and when to abstain.

    """
    sample = sample_of(text, settings.sample_chars)
    if sum(map(str.isalpha, sample)) < settings.min_letters:
        return Detection(UNDETERMINED, 0.0, (Reason.LANGUAGE_UNSURE,))
    detector = _factory().create()
    detector.append(sample)
    try:
        ranked = detector.get_probabilities()
    except LangDetectException:  # no n-gram of the sample is in any profile
        ranked = []
    if not ranked or ranked[0].prob < settings.min_score:
        return Detection(UNDETERMINED, 0.0, (Reason.LANGUAGE_UNSURE,))
    return Detection(_TAGS.get(ranked[0].lang, ranked[0].lang), min(ranked[0].prob, 1.0))


def sample_of(text: str, most_characters: int) -> str:
    """Return the first characters of a text, up to the last whole word."""
    if len(text) <= most_characters:
        return text
    sample = text[:most_characters]
    end = max(sample.rfind(" "), sample.rfind("\n"))
    return sample[:end] if end > most_characters // 2 else sample


def _factory() -> DetectorFactory:
    with _loading:
        return _load()


@cache
def _load() -> DetectorFactory:
    folder = Path(langdetect.__file__).parent / "profiles"
    profiles = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    factory = DetectorFactory()
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])
    factory.set_seed(_SEED)
    return factory
