"""The shipped models: complete, and modest about what they know."""

import pytest

from broadsheet.parse.models import MOST_UNSURE, shipped_models

FINDERS = ("title", "date", "author")


def test_every_finder_has_a_forest_and_a_calibration():
    models = shipped_models()
    assert set(models.finders) == set(models.calibration) == set(FINDERS)
    assert models.words


@pytest.mark.parametrize("name", ["body", *FINDERS])
def test_the_sum_of_any_leaves_fits_32_bits(name):
    models = shipped_models()
    forest = models.body if name == "body" else models.finders[name]
    trees = abs(forest.leaves.astype("int64")).reshape(forest.questions.shape[1], -1)
    assert trees.max(axis=1).sum() < 2**31


@pytest.mark.parametrize("finder", FINDERS)
def test_confidence_grows_with_the_odds(finder):
    models = shipped_models()
    said = [models.confidence(finder, odds / 4) for odds in range(-24, 25)]
    assert said == sorted(said)
    assert 0 <= said[0] < said[-1] <= 1


@pytest.mark.parametrize("finder", FINDERS)
def test_great_confidence_needs_odds_that_were_borne_out(finder):
    models = shipped_models()
    sure_odds = models.calibration[finder][2]
    assert models.confidence(finder, sure_odds - 0.01) <= MOST_UNSURE
