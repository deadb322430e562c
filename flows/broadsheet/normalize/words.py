"""Counting words, in scripts with and without spaces."""

import re

# Han, kana and their extensions: each character counts as a word, as word processors do.
_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# Thai, Lao, Burmese and Khmer write words together; a word has about four of their letters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_UNSPACED_LETTER = re.compile(r"[\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1780-\u17b3]")
_LETTERS_IN_UNSPACED_WORD = 4
_WORD = re.compile(r"\w\S*")


def count_words(text: str) -> int:
    """Return the number of words of a text.

    A word is a run of non-spaces with a letter or digit in it; in Chinese and Japanese each
    ideograph or kana; in Thai, Lao, Burmese and Khmer four base letters.
    """
    if text.isascii():
        return len(_WORD.findall(text))
    spaced, n_ideographs = _IDEOGRAPH.subn(" ", text)
    n_letters = len(_UNSPACED_LETTER.findall(spaced))
    if n_letters:
        spaced = _UNSPACED.sub(" ", spaced)
    n_spaced = len(_WORD.findall(spaced))
    return n_spaced + n_ideographs + -(-n_letters // _LETTERS_IN_UNSPACED_WORD)
