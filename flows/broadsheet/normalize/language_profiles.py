"""langdetect's own answer from its own profiles, computed in arrays.

The method is Shuyo's (Language Detection Library for Java, 2010): naive Bayes over n-grams of one
to three characters, drawn at random until one language is sure, seven times over, and averaged.
Everything random here is Mersenne Twister from seed 0, drawn in the order in which langdetect
draws it, and every product and sum is taken in its order: the probabilities are the same to the
last bit (on Python 3.11; later ones add floats otherwise, and this module does not follow).
"""

import random
import re
from collections.abc import Mapping
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

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint64]

_SEED: Final = 0
_TRIALS: Final = 7
_CHECKED_EVERY: Final = 5
_MOST_DRAWS: Final = 1_000
_SPACE: Final = ord(" ")
_CODE_BITS: Final = 21  # of a Unicode code point
_SPACES: Final = re.compile(" {2,}")
_LATIN: Final = re.compile("[A-z]+")
_BEYOND_LATIN: Final = re.compile("[\u0300-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class Profiles:
    """The n-grams of all languages.

    Attributes:
        languages: langdetect's names, in the order of their files.
        keys: each n-gram as one number, sorted; shape (n-grams,).
        probabilities: of each n-gram in each language; shape (n-grams, languages).

    """

    languages: tuple[str, ...]
    keys: Codes
    probabilities: Floats


class _Normalized(dict[int, str]):
    """A table for ``str.translate`` that langdetect's own rule fills as characters appear."""

    def __missing__(self, code: int) -> str:
        normal: str = NGram.normalize(chr(code))
        self[code] = normal
        return normal


_NORMALIZED: Final = _Normalized()


@lru_cache(maxsize=1)
def load_profiles() -> Profiles:
    """Read the profiles that langdetect ships, in the order of their names."""
    folder = Path(langdetect.__file__).parent / "profiles"
    contents = [
        orjson.loads(path.read_bytes())
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
    ]
    grams = sorted({gram for content in contents for gram in content["freq"]}, key=_key)
    rows = {gram: row for row, gram in enumerate(grams)}
    probabilities = np.zeros((len(grams), len(contents)))
    for column, content in enumerate(contents):
        frequencies: Mapping[str, int] = content["freq"]
        for gram, count in frequencies.items():
            probabilities[rows[gram], column] = count / content["n_words"][len(gram) - 1]
    keys = np.array([_key(gram) for gram in grams], dtype=np.uint64)
    return Profiles(tuple(content["name"] for content in contents), keys, probabilities)


def _key(gram: str) -> int:
    key = 0
    for character in gram:
        key = key << _CODE_BITS | ord(character)
    return key


def probabilities_of(text: str, among: frozenset[str] | None = None) -> Floats | None:
    """Return the probability of each language, in the order of ``load_profiles().languages``.

    Args:
        text: at most 10,000 characters are looked at.
        among: the languages that are possible, all alike (langdetect's prior map); all by default.

    Returns:
        Shape (languages,), adding up to 1; None where no n-gram of the text is in any profile.

    """
    profiles = load_profiles()
    rows = _rows_of_grams(_prepared(text), profiles)
    if not rows.size:
        return None
    is_possible = np.array([among is None or name in among for name in profiles.languages])
    return _averaged(rows, profiles.probabilities, is_possible / is_possible.sum())


def _prepared(text: str) -> str:
    """Return the text as langdetect sees it: no addresses, and no Latin in other scripts."""
    text = Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", text))
    text = _SPACES.sub(" ", NGram.normalize_vi(text)[:10_000])
    n_latin = sum(map(len, _LATIN.findall(text)))
    n_others = sum(map(len, _BEYOND_LATIN.findall(text)))
    return _LATIN.sub("", text) if n_latin * 2 < n_others else text


def _rows_of_grams(text: str, profiles: Profiles) -> npt.NDArray[np.int64]:
    """Return the rows of the known n-grams of a text, in reading order, shorter ones first.

    N-grams reach back over a word's letters and the one space before it; those that end in the
    second or a later capital in a row are left out.
    """
    spaced = _SPACES.sub(" ", f" {text}".translate(_NORMALIZED))
    codes = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = codes.astype(np.uint64)
    if codes.size < 2:  # noqa: PLR2004 - a space and one letter
        return np.empty(0, dtype=np.int64)
    last, before = codes[1:], codes[:-1]
    upper = np.fromiter(map(str.isupper, spaced), dtype=bool, count=len(spaced))
    is_counted = ~(upper[1:] & upper[:-1])
    pairs = before << np.uint64(_CODE_BITS) | last
    triples = np.zeros_like(pairs)
    triples[1:] = codes[:-2] << np.uint64(2 * _CODE_BITS) | pairs[1:]
    grams = np.stack([last, pairs, triples], axis=1)
    is_gram = np.stack([last != _SPACE, np.ones_like(is_counted), before != _SPACE], axis=1)
    is_gram[0, 2] = False
    wanted = grams[is_gram & is_counted[:, None]]
    rows = np.minimum(np.searchsorted(profiles.keys, wanted), profiles.keys.size - 1)
    known: npt.NDArray[np.int64] = rows[profiles.keys[rows] == wanted]
    return known


def _averaged(rows: npt.NDArray[np.int64], probabilities: Floats, prior: Floats) -> Floats:
    """Return the mean of seven trials, each drawing n-grams until one language is sure."""
    draw = random.Random(_SEED)  # noqa: S311 - reproducible on purpose
    n_bits = int(rows.size).bit_length()
    n_languages = probabilities.shape[1]
    mean = np.zeros(n_languages)
    for _ in range(_TRIALS):
        alpha = Detector.ALPHA_DEFAULT + draw.gauss(0.0, 1.0) * Detector.ALPHA_WIDTH
        weight = alpha / Detector.BASE_FREQ
        trial = prior
        drawn, batch = 0, 1
        while True:
            picked: list[int] = []
            while len(picked) < batch:  # as random.choice does
                number = draw.getrandbits(n_bits)
                if number < rows.size:
                    picked.append(number)
            factors = np.empty((batch + 1, n_languages))
            factors[0] = trial
            np.add(probabilities[rows[picked]], weight, out=factors[1:])
            trial = np.multiply.reduce(factors, axis=0)
            trial /= np.add.accumulate(trial)[-1]  # one after the other, not in pairs
            drawn += batch
            batch = _CHECKED_EVERY
            if trial.max() > Detector.CONV_THRESHOLD or drawn > _MOST_DRAWS:
                break
        mean += trial / _TRIALS
    return mean
