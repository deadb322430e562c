"""Which lines are the article's body."""

from collections.abc import Sequence

from broadsheet.parse.chrome import is_caption_credit, is_chrome_phrase
from broadsheet.parse.credits import is_tail_credit
from broadsheet.parse.lines import Line


def body_probabilities(lines: Sequence[Line]) -> list[float]:
    """Return for each line the estimated probability that it is part of the body, in [0, 1]."""
    return [_prose(line) for line in lines]


def _prose(line: Line) -> float:
    if is_chrome_phrase(line.text) or is_caption_credit(line.text) or is_tail_credit(line.text):
        return 0.02
    words = line.text.count(" ") + 1
    if 2 * line.link_chars > len(line.text):
        return 0.05
    ends_sentence = line.text.rstrip("\"'”’»)*").endswith((".", "!", "?", "…", "。", ":"))
    return min(0.95, 0.1 + 0.4 * ends_sentence + words / 40)
