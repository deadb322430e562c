"""Many texts' trials at once, each to the same last bit as one text alone.

langdetect draws n-grams until one language is sure, seven times over. The numbers that it draws
with come from one Mersenne Twister stream that starts anew for each text, so the stream is written
down once and each text keeps its place in it; the texts then move forward together, some n-grams
at a time.
"""

import math
import random
from collections.abc import Sequence
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
_DRAWS_AHEAD: Final = 100
_MOST_OF_A_TRIAL: Final = MOST_DRAWS + _DRAWS_AHEAD
_STREAM_WORDS: Final = 2_048  # that most texts need no more of
_ALL_WORDS: Final = 16_384
"""Seven trials of 1,001 draws and 16 words: at least every second word is a draw."""
_TEXTS_AT_ONCE: Final = 256
_FEWEST_TOGETHER: Final = 8
_WORDS_OF_A_PAIR: Final = 4
_SPARE_DRAWS: Final = 8  # more than a step takes, so that none reads the next text's numbers
_STEP: Final = np.arange(DRAWS_IN_A_STEP)[:, None]
_PAIR: Final = np.arange(_WORDS_OF_A_PAIR)
_OF_TEXTS: Final = (
    "texts", "row_start", "cursor", "last", "trial", "weight", "spare", "drawn", "n_trials",
)  # fmt: skip


def mean_probabilities(
    grams: Sequence[Integers], probabilities: Floats, prior: Floats
) -> list[Floats]:
    """Return the mean of each text's seven trials.

    Args:
        grams: for each text, the rows of its n-grams in ``probabilities``; none is empty.
        probabilities: of each n-gram in each language that is possible; shape (n-grams, languages).
        prior: of each language; shape (languages,).

    Returns:
        For each text the probability of each language.

    """
    means: list[Floats] = []
    for start in range(0, len(grams), _TEXTS_AT_ONCE):
        texts = grams[start : start + _TEXTS_AT_ONCE]
        if len(texts) < _FEWEST_TOGETHER:
            means += [one_by_one(rows, probabilities, prior) for rows in texts]
            break
        block = _Block(texts, probabilities, prior)
        unfinished = set(block.run().tolist())
        means += [
            one_by_one(rows, probabilities, prior) if text in unfinished else block.mean[text]
            for text, rows in enumerate(texts)
        ]
    return means


def one_by_one(rows: Integers, probabilities: Floats, prior: Floats) -> Floats:
    """Return the mean of one text's trials, however many n-grams they draw."""
    draws = _draws(np.array([rows.size]), _ALL_WORDS)
    rows = rows.take(draws.numbers)
    mean = np.zeros(prior.size)
    cursor, spare = 0, 0.0
    for number in range(TRIALS):
        deviate = spare
        if number % 2 == 0:
            word = draws.places[cursor - 1] + 1 if cursor else 0
            cursor = int(np.searchsorted(draws.places, word + _WORDS_OF_A_PAIR))
            deviate, spare = _normal_pairs()[word]
        alpha = Detector.ALPHA_DEFAULT + deviate * Detector.ALPHA_WIDTH
        weight = alpha / Detector.BASE_FREQ
        trial, drawn = _tried(
            rows[cursor : cursor + _MOST_OF_A_TRIAL], probabilities, prior, weight
        )
        mean += trial / TRIALS
        cursor += drawn
    return mean


def _tried(
    rows: Integers, probabilities: Floats, prior: Floats, weight: float
) -> tuple[Floats, int]:
    """Return what a trial comes to that draws n-grams in this order, and how many it draws."""
    trial, drawn = prior, 0
    factors = probabilities.take(rows[:1], axis=0) + weight
    ends: Sequence[int] = [1]
    while True:
        for end in ends:
            step = factors[max(end - DRAWS_IN_A_STEP, 0) : end]
            step[0] *= trial
            trial = np.multiply.reduce(step, axis=0)
            trial /= np.add.accumulate(trial)[-1]  # one after the other, not in pairs
            if np.maximum.reduce(trial) > Detector.CONV_THRESHOLD or drawn + end > MOST_DRAWS:
                return trial, drawn + end
        drawn += ends[-1]
        factors = probabilities.take(rows[drawn : drawn + _DRAWS_AHEAD], axis=0) + weight
        ends = range(DRAWS_IN_A_STEP, _DRAWS_AHEAD + 1, DRAWS_IN_A_STEP)


@lru_cache(maxsize=1)
def _stream() -> npt.NDArray[np.uint32]:
    """Return the first 32-bit words that the generator gives, as many as any text can need."""
    words = random.Random(SEED)  # noqa: S311 - reproducible on purpose
    return np.array([words.getrandbits(32) for _ in range(_ALL_WORDS)], dtype=np.uint32)


@lru_cache(maxsize=1)
def _normal_pairs() -> Floats:
    """Return the two normal deviates that ``random.gauss`` makes of the four words at each place.

    Shape (places, 2).
    """
    words = _stream().tolist()
    return np.array([
        _normal_pair(*words[place : place + _WORDS_OF_A_PAIR])
        for place in range(_ALL_WORDS - _WORDS_OF_A_PAIR + 1)
    ])  # fmt: skip


def _normal_pair(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    first = ((a >> 5) * 67_108_864 + (b >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    second = ((c >> 5) * 67_108_864 + (d >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    radius = math.sqrt(-2.0 * math.log(1.0 - second))
    return math.cos(first * math.tau) * radius, math.sin(first * math.tau) * radius


@dataclass(slots=True)
class _Draws:
    """What each text draws at each place of the stream: its accepted numbers, end to end.

    Attributes:
        numbers: the accepted numbers of all texts.
        places: where each of them stands, in the streams of all texts end to end.
        starts: where the numbers of each text begin.

    """

    numbers: npt.NDArray[np.uint32]
    places: Integers
    starts: Integers


def _draws(sizes: Integers, n_words: int) -> _Draws:
    """Return what texts of so many n-grams draw as ``random.choice`` does: bits until they fit."""
    bits = np.array([int(size).bit_length() for size in sizes], dtype=np.uint32)
    values = _stream()[None, :n_words] >> (np.uint32(32) - bits)[:, None]
    accepted = values < sizes.astype(np.uint32)[:, None]
    counts = np.count_nonzero(accepted, axis=1)
    places = np.flatnonzero(accepted)
    return _Draws(values.ravel().take(places), places, np.cumsum(counts) - counts)


class _Block:
    """Some texts in the midst of their trials; ``mean`` is their result after :meth:`run`.

    Each step works on the texts that are not decided, and costs some twenty calls however many
    they are; so what it needs lies side by side, and moves up when a text is done.
    """

    def __init__(self, grams: Sequence[Integers], probabilities: Floats, prior: Floats) -> None:
        sizes = np.array([rows.size for rows in grams], dtype=np.int64)
        shape = (sizes.size, prior.size)
        self.rows = np.concatenate(grams)
        self.probabilities = probabilities
        self.prior = prior
        self.mean = np.zeros(shape)
        self.draws = _draws(sizes, _STREAM_WORDS)
        ends = np.append(self.draws.starts[1:], self.draws.numbers.size)
        self.texts = np.arange(sizes.size)
        self.row_start = np.cumsum(sizes) - sizes
        self.cursor = self.draws.starts.copy()
        self.last = ends - _SPARE_DRAWS
        self.trial = np.zeros(shape)
        self.weight = np.zeros(shape)
        self.spare = np.zeros(sizes.size)
        self.drawn = np.zeros(sizes.size, dtype=np.int64)
        self.n_trials = np.zeros(sizes.size, dtype=np.int64)

    def run(self) -> Integers:
        """Work all trials; return the texts that need more of the stream than is written down."""
        unfinished = []
        self._begin_trials(np.arange(self.texts.size))
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
                goes_on = self.n_trials[decided] < TRIALS
                self._begin_trials(decided[goes_on])
                if not goes_on.all():
                    self._keep(self.n_trials < TRIALS)
        return np.concatenate([self.texts, *unfinished])

    def _keep(self, stays: npt.NDArray[np.bool_]) -> None:
        """Go on with some of the texts."""
        places = np.flatnonzero(stays)
        for name in _OF_TEXTS:
            setattr(self, name, getattr(self, name).take(places, axis=0))

    def _begin_trials(self, places: Integers) -> None:
        """Begin the next trial of texts that have one left; every second has a deviate to spare."""
        self.trial[places] = self.prior
        self.drawn[places] = 0
        is_new = self.n_trials[places] % 2 == 0
        deviates = self.spare[places]
        if is_new.any():
            deviates[is_new] = self._deviates(places[is_new])
        alpha = Detector.ALPHA_DEFAULT + deviates * Detector.ALPHA_WIDTH
        self.weight[places] = (alpha / Detector.BASE_FREQ)[:, None]

    def _deviates(self, places: Integers) -> Floats:
        """Take two normal deviates out of the stream of each text; return one, spare the other."""
        texts, cursor = self.texts[places], self.cursor[places]
        begin = texts * _STREAM_WORDS
        taken = self.draws.places[cursor - 1] + 1  # of the text before, where none is taken yet
        at = np.where(cursor > self.draws.starts[texts], taken, begin)
        passed = self.draws.places.take(cursor[:, None] + _PAIR, mode="clip")
        cursor += np.count_nonzero(passed < (at + _WORDS_OF_A_PAIR)[:, None], axis=1)
        word = at - begin
        is_short = word > _STREAM_WORDS - _WORDS_OF_A_PAIR  # it is worked alone
        cursor[is_short] = self.last[places[is_short]] + 1
        self.cursor[places] = cursor
        pairs = _normal_pairs().take(word, axis=0, mode="clip")
        self.spare[places] = pairs[:, 1]
        first: Floats = pairs[:, 0]
        return first

    def _step(self) -> npt.NDArray[np.bool_]:
        """Draw one n-gram at a trial's start and five later; tell which trials are decided."""
        is_first = self.drawn == 0
        n_drawn = np.where(is_first, 1, DRAWS_IN_A_STEP)
        picked = self.draws.numbers.take(self.cursor + _STEP) + self.row_start
        factors = self.probabilities.take(self.rows.take(picked), axis=0)
        factors += self.weight
        factors[1:, is_first] = 1.0
        factors[0] *= self.trial
        trial = np.multiply.reduce(factors, axis=0)  # one after the other
        by_language = np.ascontiguousarray(trial.T)
        total = _sums(by_language)
        self.trial = trial / total[:, None]
        self.cursor += n_drawn
        self.drawn += n_drawn
        # The largest share, as division keeps the order.
        largest = np.maximum.reduce(by_language, axis=0) / total
        sure: npt.NDArray[np.bool_] = largest > Detector.CONV_THRESHOLD
        return sure | (self.drawn > MOST_DRAWS)


def _sums(columns: Floats) -> Floats:
    """Return the sum of each column, added one after the other.

    numpy adds in pairs only along the axis whose values lie side by side, which of one column is
    that of its rows.
    """
    alone = columns.shape[1] == 1
    total: Floats = np.add.accumulate(columns)[-1] if alone else np.add.reduce(columns, axis=0)
    return total
