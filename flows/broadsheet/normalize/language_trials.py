"""Many texts' trials at once, each to the same last bit as one text alone.

langdetect draws n-grams until one language is sure, seven times over. The numbers that it draws
with come from one Mersenne Twister stream that starts anew for each text, so the stream is written
down once and each text keeps its place in it; the texts then move forward together, some n-grams
at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
from langdetect.detector import Detector

from broadsheet.normalize.language_stream import (
    ALL_WORDS,
    WORDS_OF_A_PAIR,
    Floats,
    Integers,
    draws_of,
    normal_pairs,
)

TRIALS: Final = 7
DRAWS_IN_A_STEP: Final = 5
MOST_DRAWS: Final = 1_000
_DRAWS_AHEAD: Final = 100
_MOST_OF_A_TRIAL: Final = MOST_DRAWS + _DRAWS_AHEAD
_STREAM_WORDS: Final = 2_048  # that most texts need no more of
_TEXTS_AT_ONCE: Final = 256
_FEWEST_TOGETHER: Final = 8
_SPARE_DRAWS: Final = 8  # more than a step takes, so that none reads the next text's numbers
_STEP: Final = np.arange(DRAWS_IN_A_STEP)[:, None]
_PAIR: Final = np.arange(WORDS_OF_A_PAIR)
_OF_TEXTS: Final = (
    "texts", "row_start", "cursor", "last", "trial", "weight", "spare", "drawn", "n_trials",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Possible:
    """Languages that some texts can be in.

    Attributes:
        columns: their places among all languages.
        probabilities: of each n-gram in each of them; shape (n-grams, languages).
        prior: of each of them; shape (languages,).

    """

    columns: Integers
    probabilities: Floats
    prior: Floats


def mean_probabilities(grams: Sequence[Integers], possible: Sequence[Possible]) -> Iterator[Floats]:
    """Yield the mean of each text's seven trials.

    Args:
        grams: for each text, the rows of its n-grams in ``probabilities``; none is empty.
        possible: the languages that are possible for it; those of the same lie side by side.

    Returns:
        For each text the probability of each of these languages.

    """
    for start in range(0, len(grams), _TEXTS_AT_ONCE):
        texts = grams[start : start + _TEXTS_AT_ONCE]
        among = possible[start : start + _TEXTS_AT_ONCE]
        if len(texts) < _FEWEST_TOGETHER:
            yield from map(one_by_one, texts, among)
            break
        block = _Block(texts, among)
        unfinished = set(block.run().tolist())
        for text, (rows, languages) in enumerate(zip(texts, among, strict=True)):
            if text in unfinished:
                yield one_by_one(rows, languages)
            else:
                yield block.mean[text, : languages.prior.size]


def one_by_one(rows: Integers, possible: Possible) -> Floats:
    """Return the mean of one text's trials, however many n-grams they draw."""
    probabilities, prior = possible.probabilities, possible.prior
    draws = draws_of(np.array([rows.size]), ALL_WORDS)
    rows = rows.take(draws.numbers)
    mean = np.zeros(prior.size)
    cursor, spare = 0, 0.0
    for number in range(TRIALS):
        deviate = spare
        if number % 2 == 0:
            word = draws.places[cursor - 1] + 1 if cursor else 0
            cursor = int(np.searchsorted(draws.places, word + WORDS_OF_A_PAIR))
            deviate, spare = normal_pairs()[word]
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


class _Block:
    """Some texts in the midst of their trials; ``mean`` is their result after :meth:`run`.

    Each step works on the texts that are not decided, and costs some twenty calls however many
    they are; so what it needs lies side by side, and moves up when a text is done.
    """

    def __init__(self, grams: Sequence[Integers], possible: Sequence[Possible]) -> None:
        sizes = np.array([rows.size for rows in grams], dtype=np.int64)
        shape = (sizes.size, max(each.prior.size for each in possible))
        self.rows = np.concatenate(grams)
        self.groups = [(each, len(list(some))) for each, some in groupby(possible)]
        self.bounds = np.cumsum([0, *(count for _, count in self.groups)])
        self.cuts = self.bounds.tolist()
        self.prior = np.zeros(shape)  # a language that is none stays at zero
        for (each, _), start, end in self._cut():
            self.prior[start:end, : each.prior.size] = each.prior
        self.mean = np.zeros(shape)
        self.draws = draws_of(sizes, _STREAM_WORDS)
        ends = np.append(self.draws.starts[1:], self.draws.numbers.size)
        self.texts = np.arange(sizes.size)
        self.row_start = np.cumsum(sizes) - sizes
        self.cursor = self.draws.starts.copy()
        self.last = ends - _SPARE_DRAWS
        self.trial = self.prior.copy()
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
        self.cuts = np.searchsorted(self.texts, self.bounds).tolist()

    def _cut(self) -> Iterator[tuple[tuple[Possible, int], int, int]]:
        """Yield each group with the places of its texts that are left."""
        return zip(self.groups, self.cuts[:-1], self.cuts[1:], strict=True)

    def _factors(self, rows: Integers) -> Floats:
        """Return the probabilities of n-grams; shape (draws, texts, languages)."""
        if len(self.groups) == 1:
            return self.groups[0][0].probabilities.take(rows, axis=0)
        factors = np.zeros((*rows.shape, self.prior.shape[1]))
        for (each, _), start, end in self._cut():
            if start < end:
                found = each.probabilities.take(rows[:, start:end], axis=0)
                factors[:, start:end, : each.prior.size] = found
        return factors

    def _begin_trials(self, places: Integers) -> None:
        """Begin the next trial of texts that have one left; every second has a deviate to spare."""
        self.trial[places] = self.prior[self.texts[places]]
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
        cursor += np.count_nonzero(passed < (at + WORDS_OF_A_PAIR)[:, None], axis=1)
        word = at - begin
        is_short = word > _STREAM_WORDS - WORDS_OF_A_PAIR  # it is worked alone
        cursor[is_short] = self.last[places[is_short]] + 1
        self.cursor[places] = cursor
        pairs = normal_pairs().take(word, axis=0, mode="clip")
        self.spare[places] = pairs[:, 1]
        first: Floats = pairs[:, 0]
        return first

    def _step(self) -> npt.NDArray[np.bool_]:
        """Draw one n-gram at a trial's start and five later; tell which trials are decided."""
        is_first = self.drawn == 0
        n_drawn = np.where(is_first, 1, DRAWS_IN_A_STEP)
        picked = self.draws.numbers.take(self.cursor + _STEP) + self.row_start
        factors = self._factors(self.rows.take(picked))
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
