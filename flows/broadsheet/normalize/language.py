"""Which language a text is in, or ``und``.

langdetect, made dependable: seeded, evaluated in one order, held to the script and the alphabet
that the text uses, and silent where it cannot know. Or CLD2, where ``dataset.toml`` asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from broadsheet.config import Language
from broadsheet.errors import ConfigError
from broadsheet.normalize.language_grams import load_profiles
from broadsheet.normalize.language_profiles import probabilities_of
from broadsheet.normalize.language_relatives import settle
from broadsheet.normalize.language_scripts import (
    Letters,
    candidates,
    letters_of,
    uses_foreign_letters,
)
from broadsheet.reasons import Reason

UNDETERMINED: Final = "und"
"""The BCP 47 tag of no known language."""

_TAGS: Final = {
    "zh-cn": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh": "zh-Hans",
    "iw": "he",
    "jw": "jv",
    "nb": "no",
    "nn": "no",
    "fil": "tl",
}
_LEAST_PROBABILITY: Final = 0.1  # below it, langdetect's Detector leaves a language out
_CLD2_UNKNOWN: Final = "un"

_Ranked = list[tuple[str, float]]
"""Languages as BCP 47 tags with their probabilities, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What is known of the language of a text.

    Attributes:
        language: BCP 47 tag; ``und`` where nothing can be told.
        score: the detector's probability of it, 0 to 1; 0 where it is ``und``.
        notes: ``language.unsure`` where it is ``und``; ``language.conflict``.
        rule: ``langdetect`` or ``cld2``; with ``+declared`` where the page's word decided, with
            ``+relatives`` where all n-grams decided between close relatives.

    """

    language: str
    score: float
    notes: tuple[Reason, ...] = ()
    rule: str = "langdetect"


def detect_languages(
    texts: Sequence[str], settings: Language, declared: Sequence[Sequence[str]]
) -> list[Detection]:
    """Detect the language of each text from its first characters.

    The same text gives the same answer in every thread, process, order and company. What the page
    declares never overrules a sure detector, because templates declare what they were made for; it
    decides between the candidates of an unsure one.

    Args:
        texts: the bodies.
        settings: detector, size of the sample, when to abstain.
        declared: for each text the BCP 47 tags that its page declares for itself.

    Returns:
        One answer a text, in their order.

    Raises:
        ConfigError: the detector that the settings ask for is not installed.

    """
    samples = [sample_of(text, settings.sample_chars) for text in texts]
    letters = [letters_of(sample) for sample in samples]
    among = [candidates(each) for each in letters]
    is_long = [
        each.count >= _letters_needed(possible, settings)
        for each, possible in zip(letters, among, strict=True)
    ]
    if settings.detector == "cld2":
        ranked = [_by_cld2(s) if long else [] for s, long in zip(samples, is_long, strict=True)]
    else:
        possible = [a if long else frozenset() for a, long in zip(among, is_long, strict=True)]
        ranked = _by_langdetect(samples, letters, possible)
    return [
        _decide(sample, found, stated, settings)
        for sample, found, stated in zip(samples, ranked, declared, strict=True)
    ]


def _decide(sample: str, ranked: _Ranked, declared: Sequence[str], settings: Language) -> Detection:
    """Weigh what the detector says with what the page declares."""
    stated = [_primary(tag) for tag in declared]
    if ranked and ranked[0][1] >= settings.min_score:
        language, score = ranked[0]
        notes = (Reason.LANGUAGE_CONFLICT,) if stated and _primary(language) not in stated else ()
        return Detection(language, score, notes, settings.detector)
    for language, score in ranked:
        if _primary(language) in stated:
            return Detection(language, score, (), f"{settings.detector}+declared")
    if settings.detector == "langdetect" and (relative := settle(sample, dict(ranked))):
        return Detection(relative, dict(ranked).get(relative, 0.0), (), "langdetect+relatives")
    if {_primary(language) for language, _ in ranked} == {"zh"}:  # only its script is unsure
        return Detection("zh", sum(score for _, score in ranked), (), settings.detector)
    return Detection(UNDETERMINED, 0.0, (Reason.LANGUAGE_UNSURE,), settings.detector)


def _letters_needed(among: frozenset[str], settings: Language) -> int:
    """Return how many letters a text must have: fewer where its script leaves one language."""
    is_told_by_script = _n_languages(among) == 1
    return settings.min_letters // 3 if is_told_by_script else settings.min_letters


@lru_cache(maxsize=256)
def _n_languages(among: frozenset[str]) -> int:
    return len({_primary(language) for language in among})


def _by_langdetect(
    samples: Sequence[str], letters: Sequence[Letters], among: Sequence[frozenset[str]]
) -> list[_Ranked]:
    """Return the likely languages of each text; none where none is possible."""
    asked = [number for number, possible in enumerate(among) if possible]
    found = probabilities_of([samples[n] for n in asked], [among[n] for n in asked])
    ranked: list[_Ranked] = [[] for _ in samples]
    for number, probabilities in zip(asked, found, strict=True):
        if probabilities is not None:
            ranked[number] = _rank(letters[number], probabilities.tolist())
    return ranked


def _rank(letters: Letters, probabilities: Sequence[float]) -> _Ranked:
    """Return the languages that are likely and fit the alphabet, the likeliest first."""
    likely = [
        (name, probability)
        for name, probability in zip(load_profiles().languages, probabilities, strict=True)
        if probability > _LEAST_PROBABILITY and not uses_foreign_letters(letters, name)
    ]
    likely.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(_TAGS.get(name, name), min(probability, 1.0)) for name, probability in likely]


def _by_cld2(sample: str) -> _Ranked:
    """Return the languages that CLD2 finds, with their share of the text, the largest first.

    Raises:
        ConfigError: it is not installed.

    """
    try:
        import pycld2  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, without types
    except ImportError:
        message = (
            "dataset.toml: language.detector: 'cld2' is not installed. Install it with "
            '`pip install broadsheet[cld2]`, or set detector = "langdetect".'
        )
        raise ConfigError(message) from None
    try:
        is_reliable, _, found = pycld2.detect(sample)
    except pycld2.error:  # characters that Unicode does not assign
        return []
    if not is_reliable:
        return []
    return [
        (_TAGS.get(code.lower(), _TAGS.get(code, code)), percent / 100)
        for _, code, percent, _ in found
        if code != _CLD2_UNKNOWN
    ]


@lru_cache(maxsize=4_096)
def _primary(tag: str) -> str:
    """Return the language of a tag without script and region, in the detectors' terms."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return _TAGS.get(primary, primary).split("-")[0]


def sample_of(text: str, most_characters: int) -> str:
    """Return the first characters of a text, up to the last whole word."""
    if len(text) <= most_characters:
        return text
    sample = text[:most_characters]
    end = max(sample.rfind(" "), sample.rfind("\n"))
    return sample[:end] if end > most_characters // 2 else sample
