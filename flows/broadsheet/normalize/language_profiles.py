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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import langdetect
import numpy as np
import numpy.typing as npt
import orjson
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

from broadsheet.characters import BEYOND, code_points
from broadsheet.normalize.language_trials import mean_probabilities

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint64]

_HASH_BITS: Final = 19
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_EMPTY: Final = np.uint64(2**64 - 1)
_SPACE: Final = ord(" ")
_LETTER_BITS: Final = 12  # of the number of a character that is in some n-gram
_ROW_BITS: Final = np.uint64(17)
_ROW: Final = np.uint64(2**17 - 1)
_OTHER_LETTER: Final = 1  # not 0, which is none
_NONE: Final = -1
_SPACES: Final = re.compile(" {2,}")
_LATIN: Final = re.compile("[A-z]+")
_BEYOND_LATIN: Final = 0x300
_BEYOND_CAPITALS: Final = 0x20000
_TEXTS_AT_ONCE: Final = 32  # past some, their n-grams leave the processor's cache
_VIETNAMESE_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"  # that normalize_vi composes


@dataclass(frozen=True, slots=True)
class Profiles:
    """The n-grams of all languages.

    An n-gram is a number: of its letters' numbers, ``_LETTER_BITS`` for each.

    Attributes:
        languages: langdetect's names, in the order of their files.
        letters: the number of each code point of the Basic Multilingual Plane, and of all beyond.
        single: the row of each letter in ``probabilities``, or ``_NONE``.
        slots: a hash table of all n-grams: the number of each above, and its row in the lowest
            ``_ROW_BITS``, so that both are fetched at once.
        probabilities: of each n-gram in each language; shape (n-grams, languages).

    """

    languages: tuple[str, ...]
    letters: npt.NDArray[np.uint16]
    single: npt.NDArray[np.int64]
    slots: Codes
    probabilities: Floats


@lru_cache(maxsize=1)
def load_profiles() -> Profiles:
    """Read the profiles that langdetect ships, in the order of their names."""
    folder = Path(langdetect.__file__).parent / "profiles"
    contents = [
        orjson.loads(path.read_bytes())
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
    ]
    grams = [_code_points_of(list(content["freq"])) for content in contents]
    every = np.concatenate(grams)
    known = np.unique(every)[1:]
    letters = np.full(BEYOND + 1, _OTHER_LETTER, dtype=np.uint16)
    letters[known] = _OTHER_LETTER + 1 + np.arange(known.size)
    keys, rows = np.unique(_keys(every, letters), return_inverse=True)
    probabilities = np.zeros((keys.size, len(contents)))
    start = 0
    for column, (content, codes) in enumerate(zip(contents, grams, strict=True)):
        counts = np.fromiter(content["freq"].values(), np.float64, len(codes))
        n_words = np.array(content["n_words"], np.float64)
        where = rows[start : start + len(codes)]
        probabilities[where, column] = counts / n_words[np.count_nonzero(codes, axis=1) - 1]
        start += len(codes)
    single = np.full(1 << _LETTER_BITS, _NONE, dtype=np.int64)
    alone = keys[keys < single.size]
    single[alone.view(np.int64)] = np.arange(alone.size)
    names = tuple(content["name"] for content in contents)
    return Profiles(names, letters, single, _hash_table(keys), probabilities)


def _code_points_of(grams: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return the code points of n-grams of one to three characters; 0 stands for none."""
    return np.array(grams, "<U3").view(np.uint32).reshape(-1, 3)


def _keys(grams: npt.NDArray[np.uint32], letters: npt.NDArray[np.uint16]) -> Codes:
    """Return each n-gram, given as code points, as one number."""
    keys = np.zeros(len(grams), np.uint64)
    for codes in grams.T:
        keys = np.where(codes > 0, keys << np.uint64(_LETTER_BITS) | letters.take(codes), keys)
    return keys


def _hash_table(keys: Codes) -> Codes:
    """Return an open-addressing table of the keys with their positions."""
    slots = np.full(1 << _HASH_BITS, _EMPTY)
    entries = keys << _ROW_BITS | np.arange(keys.size, dtype=np.uint64)
    places = _hashed(keys)
    while entries.size:
        is_free = slots.take(places) == _EMPTY
        slots[places[is_free]] = entries[is_free]  # where several want a place, one gets it
        is_out = slots.take(places) != entries
        entries, places = entries[is_out], (places[is_out] + 1) % slots.size
    return slots


def _hashed(keys: Codes) -> npt.NDArray[np.int64]:
    """Return where the search for each key begins (Fibonacci hashing)."""
    slot: npt.NDArray[np.int64] = (keys * _GOLDEN >> np.uint64(64 - _HASH_BITS)).view(np.int64)
    return slot


def _look_up(wanted: Codes, profiles: Profiles) -> npt.NDArray[np.int64]:
    """Return the row of each key, or ``_NONE``."""
    slots = _hashed(wanted)
    held = profiles.slots.take(slots)
    is_other = held >> _ROW_BITS != wanted
    rows = (held & _ROW).view(np.int64)
    rows[is_other] = _NONE
    pending = np.flatnonzero(is_other & (held != _EMPTY))
    slots = slots.take(pending)
    while pending.size:
        slots = (slots + 1) % profiles.slots.size
        held = profiles.slots.take(slots)
        is_here = held >> _ROW_BITS == wanted.take(pending)
        rows[pending[is_here]] = (held[is_here] & _ROW).view(np.int64)
        goes_on = ~is_here & (held != _EMPTY)
        pending, slots = pending[goes_on], slots[goes_on]
    return rows


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
    found: list[Floats | None] = [None] * len(texts)
    together: dict[frozenset[str] | None, list[int]] = {}
    for number, rows in enumerate(grams):
        if rows.size:
            together.setdefault(among[number], []).append(number)
    for possible, numbers in together.items():
        columns, probabilities = _probabilities_among(possible)
        prior = _prior(possible)
        means = mean_probabilities([grams[n] for n in numbers], probabilities, prior[columns])
        for number, mean in zip(numbers, means, strict=True):
            whole = np.zeros_like(prior)
            whole[columns] = mean
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
def _probabilities_among(
    among: frozenset[str] | None,
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the columns of languages that are possible, and their probabilities side by side.

    The others stay at zero whatever is drawn, and zeros change no sum.
    """
    columns = np.flatnonzero(_prior(among))
    return columns, np.ascontiguousarray(load_profiles().probabilities[:, columns])


@lru_cache(maxsize=256)
def _prior(among: frozenset[str] | None) -> Floats:
    """Return the probability of each language before the text is read."""
    is_possible = np.array([among is None or name in among for name in load_profiles().languages])
    prior: Floats = is_possible / is_possible.sum()
    return prior


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
    is_upper[:_BEYOND_CAPITALS] = [chr(code).isupper() for code in range(_BEYOND_CAPITALS)]
    return is_upper


def _rows_of_grams(texts: Sequence[str], profiles: Profiles) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each text's known n-grams, in reading order, shorter ones first.

    N-grams reach back over a word's letters and the one space before it; those that end in the
    second or a later capital in a row are left out.
    """
    codes, starts = _normalized(texts)
    letters = profiles.letters.take(codes, mode="clip").astype(np.uint64)
    pairs = letters[:-1] << np.uint64(_LETTER_BITS) | letters[1:]
    triples = letters[:-2] << np.uint64(2 * _LETTER_BITS) | pairs[1:]
    is_space, upper = codes == _SPACE, _is_upper().take(codes)
    rows = np.empty((codes.size, 3), dtype=np.int64)
    rows[:, 0] = profiles.single.take(letters.view(np.int64))
    rows[1:, 1] = _look_up(pairs, profiles)
    rows[2:, 2] = _look_up(triples, profiles)
    rows[is_space, 0] = _NONE
    rows[1:, 2][is_space[:-1]] = _NONE
    rows[1:][upper[1:] & upper[:-1]] = _NONE
    rows[starts] = _NONE  # the space before a text
    flat = rows.ravel()
    found = np.flatnonzero(flat != _NONE)
    return np.split(flat.take(found), np.searchsorted(found, 3 * starts[1:]))
