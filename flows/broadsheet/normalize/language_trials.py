"""Many texts' trials at once, each to the same last bit as one text alone.

langdetect draws n-grams until one language is sure, seven times over. The numbers that it draws
with come from one Mersenne Twister stream that starts anew for each text, so the stream is written
down once and each text keeps its place in it; the texts then move forward together, some n-grams
at a time.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from langdetect.detector import Detector

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SEED: Final = 0
TRIALS: Final = 7
DRAWS_IN_A_STEP: Final = 5
MOST_DRAWS: Final = 1_000
_STREAM_WORDS: Final = 2_048
_TEXTS_AT_ONCE: Final = 256
_FEWEST_TOGETHER: Final = 8
_WORDS_OF_A_PAIR: Final = 4
_SPARE_DRAWS: Final = 8  # more than a step takes, so that none reads the next text's numbers
_STEP: Final = np.arange(DRAWS_IN_A_STEP)
_OF_TEXTS: Final = (
    "texts", "row_start", "cursor", "last", "trial", "weight", "spare", "drawn", "n_trials",
)  # fmt: skip


def mean_probabilities(
    grams: Sequence[Integers], probabilities: Floats, priors: Floats
) -> list[Floats]:
    """Return the mean of each text's seven trials.

    Args:
        grams: for each text, the rows of its n-grams in ``probabilities``; none is empty.
        probabilities: of each n-gram in each language; shape (n-grams, languages).
        priors: of each text; shape (texts, languages).

    Returns:
        For each text the probability of each language.

    """
    means: list[Floats] = []
    for start in range(0, len(grams), _TEXTS_AT_ONCE):
        block = grams[start : start + _TEXTS_AT_ONCE]
        if len(block) < _FEWEST_TOGETHER:
            means += [one_by_one(r, probabilities, priors[start + n]) for n, r in enumerate(block)]
            break
        found = _Block(block, probabilities, priors[start : start + len(block)])
        unfinished = set(found.run().tolist())
        means += [
            one_by_one(rows, probabilities, priors[start + text])
            if text in unfinished
            else found.mean[text]
            for text, rows in enumerate(block)
        ]
    return means


def one_by_one(rows: Integers, probabilities: Floats, prior: Floats) -> Floats:
    """Return the mean of one text's trials, as langdetect draws them; for any number of draws."""
    draw = random.Random(SEED)  # noqa: S311 - reproducible on purpose
    n_bits = int(rows.size).bit_length()
    mean = np.zeros(prior.size)
    for _ in range(TRIALS):
        alpha = Detector.ALPHA_DEFAULT + draw.gauss(0.0, 1.0) * Detector.ALPHA_WIDTH
        weight = alpha / Detector.BASE_FREQ
        trial, drawn, step = prior.copy(), 0, 1
        while True:
            picked: list[int] = []
            while len(picked) < step:  # as random.choice does
                number = draw.getrandbits(n_bits)
                if number < rows.size:
                    picked.append(number)
            for row in rows[picked]:
                trial *= probabilities[row] + weight
            trial /= np.add.accumulate(trial)[-1]  # one after the other, not in pairs
            drawn, step = drawn + step, DRAWS_IN_A_STEP
            if trial.max() > Detector.CONV_THRESHOLD or drawn > MOST_DRAWS:
                break
        mean += trial / TRIALS
    return mean


@lru_cache(maxsize=1)
def _stream() -> npt.NDArray[np.uint64]:
    """Return the first 32-bit words that the generator gives."""
    words = random.Random(SEED)  # noqa: S311 - reproducible on purpose
    return np.array([words.getrandbits(32) for _ in range(_STREAM_WORDS)], dtype=np.uint64)


@lru_cache(maxsize=_STREAM_WORDS)
def _normal_pair(place: int) -> tuple[float, float]:
    """Return the two normal deviates that ``random.gauss`` makes of four words of the stream."""
    a, b, c, d = (int(word) for word in _stream()[place : place + 4])
    first = ((a >> 5) * 67_108_864 + (b >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    second = ((c >> 5) * 67_108_864 + (d >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    radius = math.sqrt(-2.0 * math.log(1.0 - second))
    return math.cos(first * math.tau) * radius, math.sin(first * math.tau) * radius


@dataclass(slots=True)
class _Draws:
    """What each text draws at each place of the stream: its accepted numbers, end to end.

    Attributes:
        numbers: the accepted numbers of all texts.
        places: where in the stream each of them stands.
        before: how many of a text's were accepted before a place; shape (texts, words + 1).
        starts: where the numbers of each text begin.

    """

    numbers: Integers
    places: Integers
    before: Integers
    starts: Integers


def _draws(sizes: Integers) -> _Draws:
    bits = np.array([int(size).bit_length() for size in sizes], dtype=np.uint64)
    values = (_stream()[None, :] >> (np.uint64(32) - bits)[:, None]).astype(np.int64)
    accepted = values < sizes[:, None]
    before = np.zeros((sizes.size, _STREAM_WORDS + 1), dtype=np.int64)
    np.cumsum(accepted, axis=1, out=before[:, 1:])
    counts = before[:, -1]
    return _Draws(values[accepted], np.nonzero(accepted)[1], before, np.cumsum(counts) - counts)


class _Block:
    """Some texts in the midst of their trials; ``mean`` is their result after :meth:`run`.

    Each step works on the texts that are not decided, and costs some twenty calls however many
    they are; so what it needs lies side by side, and moves up when a text is done.
    """

    def __init__(self, grams: Sequence[Integers], probabilities: Floats, priors: Floats) -> None:
        sizes = np.array([rows.size for rows in grams], dtype=np.int64)
        self.rows = np.concatenate(grams)
        self.probabilities = probabilities
        self.priors = priors
        self.mean = np.zeros_like(priors)
        self.draws = _draws(sizes)
        ends = np.append(self.draws.starts[1:], self.draws.numbers.size)
        self.texts = np.arange(sizes.size)
        self.row_start = (np.cumsum(sizes) - sizes)[:, None]
        self.cursor = self.draws.starts.copy()
        self.last = ends - _SPARE_DRAWS
        self.trial = priors.copy()
        self.weight = np.zeros((sizes.size, 1, 1))
        self.spare = np.zeros(sizes.size)
        self.drawn = np.zeros(sizes.size, dtype=np.int64)
        self.n_trials = np.zeros(sizes.size, dtype=np.int64)

    def run(self) -> Integers:
        """Work all trials; return the texts that need more of the stream than is written down."""
        unfinished = []
        self._begin_trials(range(self.texts.size))
        while self.texts.size:
            is_short = self.cursor > self.last
            if is_short.any():
                unfinished.append(self.texts[is_short])
                self._keep(~is_short)
                continue
            decided = np.flatnonzero(self._step())
            if decided.size:
                self.mean[self.texts[decided]] += self.trial[decided] / TRIALS
                self.n_trials[decided] += 1
                self._begin_trials(decided.tolist())
                self._keep(self.n_trials < TRIALS)
        return np.concatenate([self.texts, *unfinished])

    def _keep(self, stays: npt.NDArray[np.bool_]) -> None:
        """Go on with some of the texts."""
        if stays.all():
            return
        for name in _OF_TEXTS:
            setattr(self, name, getattr(self, name)[stays])

    def _begin_trials(self, places: Iterable[int]) -> None:
        """Begin the next trial of texts, as far as they have one left."""
        for place in places:
            if self.n_trials[place] == TRIALS:
                continue
            text = self.texts[place]
            self.trial[place] = self.priors[text]
            self.drawn[place] = 0
            if self.n_trials[place] % 2:
                deviate = self.spare[place]
            else:
                deviate, self.spare[place] = self._deviates(place, int(text))
            alpha = Detector.ALPHA_DEFAULT + float(deviate) * Detector.ALPHA_WIDTH
            self.weight[place] = alpha / Detector.BASE_FREQ

    def _deviates(self, place: int, text: int) -> tuple[float, float]:
        """Take two normal deviates out of a text's stream."""
        start, cursor = self.draws.starts[text], self.cursor[place]
        word = int(self.draws.places[cursor - 1]) + 1 if cursor > start else 0
        if word + _WORDS_OF_A_PAIR > _STREAM_WORDS:
            self.cursor[place] = self.last[place] + 1  # too short: it is worked alone
            return 0.0, 0.0
        self.cursor[place] = start + self.draws.before[text, word + _WORDS_OF_A_PAIR]
        return _normal_pair(word)

    def _step(self) -> npt.NDArray[np.bool_]:
        """Draw one n-gram at a trial's start and five later; tell which trials are decided."""
        is_first = self.drawn == 0
        n_drawn = np.where(is_first, 1, DRAWS_IN_A_STEP)
        picked = self.draws.numbers[self.cursor[:, None] + _STEP]
        factors = self.probabilities[self.rows[self.row_start + picked]]
        factors += self.weight
        factors[is_first, 1:] = 1.0
        factors[:, 0] *= self.trial
        trial = np.multiply.reduce(factors, axis=1)  # one after the other
        trial /= np.add.accumulate(trial, axis=1)[:, -1:]  # as well, not in pairs
        self.trial = trial
        self.cursor += n_drawn
        self.drawn += n_drawn
        sure: npt.NDArray[np.bool_] = trial.max(axis=1) > Detector.CONV_THRESHOLD
        return sure | (self.drawn > MOST_DRAWS)
