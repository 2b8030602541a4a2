# SPDX-License-Identifier: EUPL-1.2
"""The person reads plain words: Dutch and English at level B1 or easier.

Measured by reading ease: Flesch for English, and Douma's form of it for Dutch (207 - 0.93 words
a sentence - 77 syllables a word). 60 and more is what people with little schooling read without
help, 70 and more reads easily. Syllables are counted as groups of vowels. Beside it: no long
sentences, and no long words but the ones listed, which people meet under this very name.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from middenstip.pack.load import load_pack

PACK = load_pack("nl")
LANGUAGES = ("nl", "en")
EASY_TOGETHER = 70
EASY_ALONE = 40  # a single text of one or two sentences swings a lot
LONGEST_SENTENCE = {"nl": 22, "en": 24}
MEAN_SENTENCE = 12
LONGEST_WORD = 16
ENOUGH_WORDS = 20
# Names that people meet on letters, on buildings and in what others say to them.
WORDS = {
    "schadevergoedingsmaatregel",
    "schadevergoeding",
    "studiefinanciering",
    "verblijfspapieren",
    "werkvergunningen",
    "arbeidsinspectie",
}
# Sentences that lose what they say when they are cut: a list of cases in one condition.
SENTENCES = {
    ("en", "schemes.NL-ASY-01.words"),
    ("en", "schemes.NL-LIV-01.words"),
}
VOWELS = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE = re.compile(r"(?<=[.!?:])\s+")
CATALOGUE = Path(__file__).parents[2] / "src/middenstip/guide/locale/nl/LC_MESSAGES/django.po"


def of_the_pack(lang: str) -> Iterator[tuple[str, str]]:
    """Yield where each text for the person stands, and the text."""
    found: list[tuple[str, dict[str, str] | None]] = []
    for key, scheme in PACK.schemes.items():
        if scheme.for_you:
            found.append((f"schemes.{key}.title", scheme.for_you.title))
            found.append((f"schemes.{key}.words", scheme.for_you.words))
    for key, fact in PACK.facts.items():
        if fact.askable:
            found.append((f"facts.{key}.ask_you", fact.ask_you))
            found.append((f"facts.{key}.why", fact.why))
    for key, sector in PACK.sectors.items():
        for part in ("signs", "do", "do_not"):
            found += [(f"sectors.{key}.{part}", text) for text in getattr(sector, part)]
    for key, contact in PACK.directory.items():
        found.append((f"directory.{key}.what", contact.what))
    for where, text in found:
        if text and lang in text:
            yield where, text[lang]


def of_the_pages(lang: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of the pages themselves, by their English."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="nl"):
            if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
                shown = message.id if lang == "en" else message.string
                yield f"page: {message.id[:40]}", re.sub(r"%+\(\w+\)s", "1", shown)


def texts(lang: str) -> list[tuple[str, str]]:
    return [*of_the_pack(lang), *of_the_pages(lang)]


def syllables(word: str, lang: str) -> int:
    count = len(VOWELS.findall(word))
    silent = lang == "en" and word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, count - 1 if silent and count > 1 else count)


def sentences(text: str) -> list[list[str]]:
    return [words for part in SENTENCE.split(text) if (words := WORD.findall(part))]


def ease(found: list[list[str]], lang: str) -> float:
    words = [word for sentence in found for word in sentence]
    long_ = len(words) / len(found)
    heavy = sum(syllables(word, lang) for word in words) / len(words)
    if lang == "nl":
        return 206.84 - 0.93 * long_ - 77 * heavy
    return 206.835 - 1.015 * long_ - 84.6 * heavy


@pytest.mark.parametrize(
    ("lang", "plain", "hard"),
    [
        (
            "nl",
            "Je kunt hier slapen. Bel ons. Wij helpen je met een bed en met eten.",
            "De aanvrager dient, onverminderd het bepaalde in voornoemde regelgeving, een "
            "verblijfsrechtelijke aanvraagprocedure te initiëren bij de bevoegde autoriteit.",
        ),
        (
            "en",
            "You can sleep here. Call us. We help you with a bed and with food.",
            "Notwithstanding the aforementioned provisions, the applicant is required to "
            "initiate administrative proceedings concerning residence authorisation.",
        ),
    ],
)
def test_the_measure_tells_plain_from_hard(lang: str, plain: str, hard: str) -> None:
    assert ease(sentences(plain), lang) > 90
    assert ease(sentences(hard), lang) < 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_texts_together_read_easily(lang: str) -> None:
    found = [sentence for _, text in texts(lang) for sentence in sentences(text)]
    assert len(found) > 400
    assert ease(found, lang) >= EASY_TOGETHER
    assert sum(map(len, found)) / len(found) <= MEAN_SENTENCE


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_hard_by_itself(lang: str) -> None:
    hard = [
        f"{where}: {ease(found, lang):.0f}: {text}"
        for where, text in texts(lang)
        if sum(map(len, found := sentences(text))) >= ENOUGH_WORDS
        and ease(found, lang) < EASY_ALONE
    ]
    assert not hard, "\n".join(hard)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_long(lang: str) -> None:
    long_ = [
        f"{where}: {len(sentence)} words: {text}"
        for where, text in texts(lang)
        for sentence in sentences(text)
        if len(sentence) > LONGEST_SENTENCE[lang] and (lang, where) not in SENTENCES
    ]
    assert not long_, "\n".join(long_)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_long_but_the_names_that_are_listed(lang: str) -> None:
    long_ = {
        f"{where}: {word}"
        for where, text in texts(lang)
        for word in re.findall(r"[^\W\d_]+", text)
        if len(word) >= LONGEST_WORD and word.lower() not in WORDS
    }
    assert not long_, "\n".join(sorted(long_))


def test_every_exception_is_still_needed() -> None:
    shown = " ".join(text.lower() for _, text in texts("nl"))
    assert all(word in shown for word in WORDS)
    found = {(lang, where): text for lang in LANGUAGES for where, text in texts(lang)}
    for lang, where in SENTENCES:
        assert max(map(len, sentences(found[lang, where]))) > LONGEST_SENTENCE[lang]
