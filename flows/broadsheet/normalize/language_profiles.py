"""langdetect's own answer from its own profiles, computed in arrays.

The method is Shuyo's (Language Detection Library for Java, 2010): naive Bayes over n-grams of one
to three characters, drawn at random until one language is sure, seven times over, and averaged.
Everything random here is Mersenne Twister from seed 0, drawn in the order in which langdetect
draws it, and every product and sum is taken in its order: the probabilities are the same to the
last bit (on Python 3.11; later ones add floats otherwise, and this module does not follow).
"""

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

from broadsheet.characters import BEYOND_CASE, characters_before, code_points, marked
from broadsheet.normalize.language_grams import LETTER_BITS, NONE, Floats, Profiles, load_profiles
from broadsheet.normalize.language_trials import Possible, mean_probabilities

_SPACE: Final = ord(" ")
_SPACES: Final = re.compile(" {2,}")
_LATIN: Final = re.compile("[A-z]+")
_BEYOND_LATIN: Final = 0x300
_TEXTS_AT_ONCE: Final = 32  # past some, their n-grams leave the processor's cache
_VIETNAMESE_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"  # that normalize_vi composes


def probabilities_of(
    texts: Sequence[str], among: Sequence[frozenset[str] | None]
) -> list[Floats | None]:
    """Return the probability of each language for each text.

    Args:
        texts: at most 10,000 characters of each are looked at.
        among: for each text the languages that are possible, all alike (langdetect's prior map);
            None for all.

    Returns:
        For each text an array in the order of ``load_profiles().languages``, adding up to 1; None
        where no n-gram of the text is in any profile.

    """
    profiles = load_profiles()
    prepared = [_prepared(text) for text in texts]
    grams = [
        rows
        for start in range(0, len(prepared), _TEXTS_AT_ONCE)
        for rows in _rows_of_grams(prepared[start : start + _TEXTS_AT_ONCE], profiles)
    ]
    known = [number for number, rows in enumerate(grams) if rows.size]
    known.sort(key=lambda number: sorted(among[number] or ()))  # like ones side by side
    possible = [_possible(among[number]) for number in known]
    means = mean_probabilities([grams[number] for number in known], possible)
    found: list[Floats | None] = [None] * len(texts)
    for number, languages, mean in zip(known, possible, means, strict=True):
        whole = np.zeros(len(profiles.languages))
        whole[languages.columns] = mean
        found[number] = whole
    return found


def log_likelihoods(text: str, languages: Sequence[str]) -> dict[str, float]:
    """Return how likely each language makes all n-grams of a text, as a natural logarithm.

    Args:
        text: the text.
        languages: by langdetect's names.

    """
    profiles = load_profiles()
    columns = [profiles.languages.index(name) for name in languages]
    (rows,) = _rows_of_grams([_prepared(text)], profiles)
    found = profiles.probabilities[rows][:, columns]
    weight = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ
    totals = np.log(found + weight).sum(axis=0)
    return dict(zip(languages, totals.tolist(), strict=True))


@lru_cache(maxsize=32)  # as many as there are scripts, and more
def _possible(among: frozenset[str] | None) -> Possible:
    """Return the languages that are possible, all alike.

    The others stay at zero whatever is drawn, and zeros change no sum.
    """
    profiles = load_profiles()
    is_possible = np.array([among is None or name in among for name in profiles.languages])
    prior = is_possible / is_possible.sum()
    columns = np.flatnonzero(is_possible)
    probabilities = np.ascontiguousarray(profiles.probabilities[:, columns])
    return Possible(columns, probabilities, prior[columns])


def _prepared(text: str) -> str:
    """Return the text as langdetect sees it: no addresses, and no Latin in other scripts."""
    if "http" in text:
        text = Detector.URL_RE.sub(" ", text)
    if "@" in text:
        text = Detector.MAIL_RE.sub(" ", text)
    if text.isascii():
        return _single_spaced(text[:10_000])
    if any(mark in text for mark in _VIETNAMESE_TONES):
        text = NGram.normalize_vi(text)
    text = _single_spaced(text[:10_000])
    codes = code_points(text)
    n_latin = np.count_nonzero((codes >= ord("A")) & (codes <= ord("z")))
    n_others = np.count_nonzero(codes >= _BEYOND_LATIN)
    return _LATIN.sub("", text) if n_latin * 2 < n_others else text


@lru_cache(maxsize=1)
def _normal_forms() -> npt.NDArray[np.uint32]:
    """Return langdetect's own form of each character; 0 where it was not asked for yet."""
    return np.zeros(0x110000, dtype=np.uint32)


def _normalized(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the code points of texts in langdetect's forms, with single spaces, end to end.

    Each begins with a space; the second array tells where.
    """
    codes = code_points(" ".join(["", *texts]))
    starts = np.cumsum([0, *(1 + len(text) for text in texts[:-1])])
    forms = _normal_forms()
    normal = forms.take(codes)
    if not normal.all():
        for code in set(codes[normal == 0].tolist()):
            forms[code] = ord(NGram.normalize(chr(code)))
        normal = forms.take(codes)
    is_space = normal == _SPACE
    is_kept = np.append([True], ~(is_space[1:] & is_space[:-1]))
    is_kept[starts] = True
    return normal[is_kept], np.cumsum(is_kept)[starts] - 1


def _single_spaced(text: str) -> str:
    return _SPACES.sub(" ", text) if "  " in text else text


@lru_cache(maxsize=1)
def _is_upper() -> npt.NDArray[np.bool_]:
    """Return for each code point whether it is a capital."""
    is_upper = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    is_upper[:BEYOND_CASE] = marked(str.isupper, characters_before(BEYOND_CASE))
    return is_upper


def _rows_of_grams(texts: Sequence[str], profiles: Profiles) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each text's known n-grams, in reading order, shorter ones first.

    N-grams reach back over a word's letters and the one space before it; those that end in the
    second or a later capital in a row are left out.
    """
    codes, starts = _normalized(texts)
    letters = profiles.letters.take(codes, mode="clip").astype(np.uint64)
    pairs = letters[:-1] << np.uint64(LETTER_BITS) | letters[1:]
    triples = letters[:-2] << np.uint64(2 * LETTER_BITS) | pairs[1:]
    is_space, upper = codes == _SPACE, _is_upper().take(codes)
    rows = np.empty((codes.size, 3), dtype=np.int64)
    rows[:, 0] = profiles.single.take(letters.view(np.int64))
    rows[1:, 1] = profiles.look_up(pairs)
    rows[2:, 2] = profiles.look_up(triples)
    rows[is_space, 0] = NONE
    rows[1:, 2][is_space[:-1]] = NONE
    rows[1:][upper[1:] & upper[:-1]] = NONE
    rows[starts] = NONE  # the space before a text
    flat = rows.ravel()
    found = np.flatnonzero(flat != NONE)
    return np.split(flat.take(found), np.searchsorted(found, 3 * starts[1:]))
