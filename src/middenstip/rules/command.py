# SPDX-License-Identifier: EUPL-1.2
"""The command `middenstip assess`: what applies to a person, from a file, no database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.pack.problems import PackError
from middenstip.rules.assess import assess as assess_thread
from middenstip.rules.dates import DayOutOfRange
from middenstip.rules.fold import BadThread
from middenstip.rules.input import BadInput, day_asked, read_input
from middenstip.rules.results import Assessment
from middenstip.rules.words import phrase, text


def assess(
    file: Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")],
    country: Annotated[str, typer.Option(help="Code of the country pack.")] = "nl",
    on: Annotated[
        str | None, typer.Option(help="The day asked, as 2014-07-01 (today).")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the sentences: nl or en.")] = "nl",
    format_: Annotated[
        Literal["json", "text"], typer.Option("--format", help="json or text.")
    ] = "json",
) -> None:
    """Tell what applies to a person, why, and who must do what by when.

    FILE holds {"facts": {...}, "events": [{"type": ..., "on": "2014-07-01", ...}]}. Nothing is
    stored. Exit status 2, with one line per problem, when the file is not what it should be.
    """
    try:
        pack = load_pack(country)
        day = day_asked(on)
        if lang not in pack.header.languages:
            raise BadInput([f"--lang: {lang!r} is none of {', '.join(pack.header.languages)}"])
        facts, events = read_input(pack, _content(file), day)
        answer = assess_thread(pack, facts=facts, events=events, on=day, lang=lang)
    except (BadInput, BadThread, DayOutOfRange, FileNotFoundError, PackError) as problem:
        for line in str(problem).splitlines():
            typer.echo(f"middenstip assess: {line}", err=True)
        raise typer.Exit(2) from None
    shown = as_json(pack, answer, lang) if format_ == "json" else as_text(pack, answer, lang)
    typer.echo(shown)


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput([f"{file!r} cannot be read: {reason}"]) from None


def as_json(pack: Pack, answer: Assessment, lang: str) -> str:
    """Return an assessment as one JSON document, in the order of its parts; dates as ISO text,
    lists as lists, and beside each scheme and duty its label."""
    document = asdict(answer)
    for kind, items in (("schemes", pack.schemes), ("duties", pack.duties)):
        for item in document[kind]:
            item["label"] = text(items[item["id"]].label, lang)
    return json.dumps(document, ensure_ascii=False, indent=1, default=date.isoformat)


_HEADINGS = {
    "nl": (
        "Wat moet er gebeuren",
        "Geweigerd",
        "Wat afwijkt",
        "Wat geldt",
        "Volgende vraag",
        "Let op",
    ),
    "en": (
        "What must happen",
        "Refused",
        "What deviates",
        "What applies",
        "Next question",
        "Note",
    ),
}
_STATES = {
    "nl": {"open": "open", "met": "gedaan", "overdue": "te laat", "void": "vervallen"},
    "en": {"open": "open", "met": "done", "overdue": "overdue", "void": "lapsed"},
}


_BASES = {
    "nl": {
        "law": "wet",
        "policy": "beleid",
        "practice": "praktijk",
        "target": "streefdatum, geen wet",
        "house_rule": "eigen afspraak, geen wet",
    },
    "en": {
        "law": "law",
        "policy": "policy",
        "practice": "practice",
        "target": "target, not law",
        "house_rule": "house rule, not law",
    },
}
_SURE = {
    "nl": {
        "verified": "gelezen in de tekst zelf",
        "seen": "gezien in een uittreksel",
        "unverified": "niet nagekeken",
        "house_rule": "eigen afspraak",
    },
    "en": {
        "verified": "read in the text itself",
        "seen": "seen in an excerpt",
        "unverified": "not verified",
        "house_rule": "house rule",
    },
}


def as_text(pack: Pack, answer: Assessment, lang: str) -> str:
    """Return an assessment as a page to read: first what must happen, then what applies."""
    todo, refused, deviates, applies, question, note = _HEADINGS.get(lang, _HEADINGS["en"])
    states = _STATES.get(lang, _STATES["en"])
    bases = _BASES.get(lang, _BASES["en"])
    sure = _SURE.get(lang, _SURE["en"])
    blocks = [f"{text(pack.header.label, lang)}, {answer.on} ({answer.pack_version})"]
    duties = []
    for d in answer.duties:
        owner = text(pack.organisation_kinds[d.owner].label, lang)
        day = d.due_on.isoformat() if d.due_on else "-"
        label = text(pack.duties[d.id].label, lang)
        duties.append(
            f"  {day:<10}  {states[d.state]:<9} {label} | {owner} | {d.how} [{bases[d.basis]}]"
        )
    blocks += _block(todo, duties)
    blocks += _block(refused, [f"  {r.rule}  {r.type}: {r.message}" for r in answer.refused])
    blocks += _block(
        deviates, [f"  {f.rule}  {f.since or '-'}  {f.message}" for f in answer.flags]
    )
    schemes = []
    for s in sorted(answer.schemes, key=lambda s: list(_WORDS).index(s.outcome)):
        word = phrase(_WORDS[s.outcome], lang)
        schemes.append(f"  {s.id}  {text(pack.schemes[s.id].label, lang)}: {word}")
        schemes += [f"      {sentence}" for sentence in s.because]
        schemes += [f"      [{c.title}, {c.article}; {sure[c.confidence]}]" for c in s.sources]
    blocks += _block(applies, schemes)
    if answer.next_question is not None:
        fact = pack.facts[answer.next_question]
        blocks += _block(question, [f"  {text(fact.question or fact.label, lang)}"])
    blocks += _block(note, [f"  {line}" for line in answer.notes])
    return "\n".join(blocks)


_WORDS = {"applies": "applies", "unknown": "unknown", "does_not_apply": "does_not_apply"}


def _block(heading: str, lines: list[str]) -> list[str]:
    return ["", heading, *lines] if lines else []


if __name__ == "__main__":
    typer.run(assess)
