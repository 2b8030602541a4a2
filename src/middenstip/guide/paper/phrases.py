# SPDX-License-Identifier: EUPL-1.2
"""The fixed phrases of paper, days, amounts and answers, each with the language it is in."""

from __future__ import annotations

from datetime import date

from middenstip.guide.amounts import with_unit
from middenstip.guide.languages import say
from middenstip.guide.result import AmountLine, Said
from middenstip.guide.templatetags.guide import ANSWERS, SPANS
from middenstip.pack.reading import Words


def phrase(english: str, lang: str, **fill: str) -> Words:
    """Return a phrase in a language, in English where it has no translation, filled in."""
    found = say(english, lang)
    return Words(found.text % fill, found.lang) if fill else found


def day_words(day: date) -> str:
    """Return a day in digits, as people here write it: 17-5-2024."""
    return f"{day.day}-{day.month}-{day.year}"


def amount_words(line: AmountLine, lang: str) -> Words:
    """Return an amount with what it is for, its unit and the time it counts for."""
    shown = with_unit(line.value, line.unit, lang)
    span = f" {say(SPANS[line.per], lang).text}" if line.per else ""
    return Words(f"{line.label.text}: {shown}{span}", line.label.lang)


def answer_words(said: Said, lang: str) -> Words:
    """Return a question with its answer on one line."""
    if said.kind == "value":
        answer = ", ".join(_turned(words.text) for words in said.words)
    else:
        answer = say(ANSWERS[said.kind], lang).text
    return Words(f"{said.question.text} {answer}", said.question.lang)


def _turned(text: str) -> str:
    """Turn 2024-05-17, or its first parts, round; leave any other text alone."""
    parts = text.split("-")
    if len(parts) > 1 and len(parts[0]) == 4 and all(part.isdigit() for part in parts):
        return "-".join(str(int(part)) for part in reversed(parts))
    return text
