# SPDX-License-Identifier: EUPL-1.2
"""A preview of a changed pack as text, as JSON and as one page of HTML without any script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from html import escape

from middenstip.rules.preview import Difference, ItemChange, PeopleTurn, Preview, Turn

Lang = str
_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "What this pack would change",
        "versions": "Live: version {before}. Changed pack: version {after}.",
        "items": "What differs",
        "same": "The two packs say the same.",
        "stories": "Stories of the law that end otherwise",
        "no_stories": "No stories were read; name their folder with --stories.",
        "of_stories": "{changed} of {all} stories",
        "unread": "Stories that cannot be read under one of the packs",
        "people": "Made-up people with another outcome",
        "of_people": "{changed} of {all} people, asked on {days}",
        "none": "none",
        "limits": "No change here proves nothing about what no story and none of these people "
        "touches. Have a lawyer read what differs.",
        "path": "Place",
        "before": "Live",
        "after": "Changed pack",
        "outcome": "Outcome of",
        "count": "People",
        "on": "On",
        "example": "For example somebody with",
        "new": "new",
        "gone": "taken out",
        "changed": "changed",
        "applies": "applies",
        "does_not_apply": "does not apply",
        "unknown": "not known",
        "not there": "not there",
        "raised": "raised",
        "refused": "refused",
    },
    "nl": {
        "title": "Wat dit landenpakket zou veranderen",
        "versions": "Nu in gebruik: versie {before}. Gewijzigd pakket: versie {after}.",
        "items": "Wat verschilt",
        "same": "De twee pakketten zeggen hetzelfde.",
        "stories": "Verhalen bij de wet die anders aflopen",
        "no_stories": "Er zijn geen verhalen gelezen; noem hun map met --stories.",
        "of_stories": "{changed} van {all} verhalen",
        "unread": "Verhalen die onder een van de pakketten niet te lezen zijn",
        "people": "Verzonnen mensen met een andere uitkomst",
        "of_people": "{changed} van {all} mensen, gevraagd op {days}",
        "none": "geen",
        "limits": "Geen verandering hier bewijst niets over wat geen verhaal en geen van deze "
        "mensen raakt. Laat een jurist lezen wat verschilt.",
        "path": "Plaats",
        "before": "Nu in gebruik",
        "after": "Gewijzigd pakket",
        "outcome": "Uitkomst van",
        "count": "Mensen",
        "on": "Op",
        "example": "Bijvoorbeeld iemand met",
        "new": "nieuw",
        "gone": "verwijderd",
        "changed": "gewijzigd",
        "applies": "geldt",
        "does_not_apply": "geldt niet",
        "unknown": "niet bekend",
        "not there": "is er niet",
        "raised": "gemeld",
        "refused": "geweigerd",
    },
}
LANGUAGES = tuple(_WORDS)
MOST_SHOWN = 60  # lines of one item, and turns of one table
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:start;font-weight:bold}"
    "th,td{border-bottom:1px solid #767676;padding:.3rem .5rem;text-align:start;"
    "vertical-align:top}td{overflow-wrap:break-word}summary{cursor:pointer}"
    "@media(max-width:40rem){table,tbody,tr,td,th{display:block}}"
)


def as_json(found: Preview) -> str:
    """Return a preview as one JSON document; days as ISO text."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str)


def as_text(found: Preview, lang: Lang) -> str:
    """Return a preview as lines for a terminal."""
    return "\n".join(_lines(found, _WORDS[lang]))


def _lines(found: Preview, words: dict[str, str]) -> Iterator[str]:
    yield words["versions"].format(before=found.before, after=found.after)
    yield f"\n{words['items']}: {len(found.items) or words['same']}"
    for item in found.items:
        yield f"  {item.kind}.{item.id} {words[item.what]}: {item.label}"
        for line in item.differences[:MOST_SHOWN]:
            yield f"    {line.path}: {_side(line.before)} -> {_side(line.after)}"
        if len(item.differences) > MOST_SHOWN:
            yield f"    ... {len(item.differences) - MOST_SHOWN}"
    yield f"\n{words['stories']}: {_of_stories(found, words)}"
    for story in found.story_changes:
        yield f"  {story.story} ({story.on})"
        yield from (f"    {_turn(turn, words)}" for turn in story.turns)
    if found.unread:
        yield f"\n{words['unread']}:"
        yield from (f"  {line}" for line in found.unread)
    yield f"\n{words['people']}: {_of_people(found, words)}"
    for turn in found.people_turns[:MOST_SHOWN]:
        yield f"  {turn.on} {turn.count}: {_turn(turn.turn, words)}"
    yield f"\n{words['limits']}"


def _side(value: str | None) -> str:
    return "-" if value is None else value


def _turn(turn: Turn, words: dict[str, str]) -> str:
    return f"{turn.id}: {_told(turn.before, words)} -> {_told(turn.after, words)}"


def _told(outcome: str, words: dict[str, str]) -> str:
    return words.get(outcome, outcome)


def _of_stories(found: Preview, words: dict[str, str]) -> str:
    if not found.stories:
        return words["no_stories"]
    return words["of_stories"].format(changed=len(found.story_changes), all=found.stories)


def _of_people(found: Preview, words: dict[str, str]) -> str:
    days = ", ".join(map(str, found.days))
    return words["of_people"].format(changed=found.changed_people, all=found.people, days=days)


# HTML: everything that comes from a pack is escaped.


def as_html(found: Preview, lang: Lang) -> str:
    """Return a preview as one page of HTML that loads nothing and runs nothing."""
    words = _WORDS[lang]
    title = escape(words["title"])
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    body = "\n".join(_sections(found, words))
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n<h1>{title}</h1>\n{body}\n</main></body>\n</html>\n"
    )


def _sections(found: Preview, words: dict[str, str]) -> Iterator[str]:
    versions = words["versions"].format(before=found.before, after=found.after)
    yield f"<p>{escape(versions)}</p><p>{escape(words['limits'])}</p>"
    yield f"<h2>{escape(words['items'])} ({len(found.items)})</h2>"
    yield from (_item(item, words) for item in found.items)
    if not found.items:
        yield f"<p>{escape(words['same'])}</p>"
    yield f"<h2>{escape(words['stories'])}</h2><p>{escape(_of_stories(found, words))}</p>"
    for story in found.story_changes:
        turns = "".join(f"<li>{escape(_turn(turn, words))}</li>" for turn in story.turns)
        yield f"<h3>{escape(story.story)}, {story.on}</h3><ul>{turns}</ul>"
    if found.unread:
        unread = "".join(f"<li>{escape(line)}</li>" for line in found.unread)
        yield f"<h3>{escape(words['unread'])}</h3><ul>{unread}</ul>"
    yield f"<h2>{escape(words['people'])}</h2><p>{escape(_of_people(found, words))}</p>"
    if found.people_turns:
        yield _people_table(found.people_turns, words)


def _item(item: ItemChange, words: dict[str, str]) -> str:
    head = f"{item.kind}.{item.id}, {words[item.what]}: {item.label}"
    if not item.differences:
        return f"<p>{escape(head)}</p>"
    shown, more = item.differences[:MOST_SHOWN], len(item.differences) - MOST_SHOWN
    rest = f"<p>... {more}</p>" if more > 0 else ""
    return (
        f"<details open><summary>{escape(head)}</summary>"
        f"{_difference_table(shown, head, words)}{rest}</details>"
    )


def _difference_table(shown: Iterable[Difference], head: str, words: dict[str, str]) -> str:
    rows = (
        f'<tr><th scope="row">{escape(line.path)}</th><td>{escape(_side(line.before))}</td>'
        f"<td>{escape(_side(line.after))}</td></tr>"
        for line in shown
    )
    return _table(head, ("path", "before", "after"), rows, words)


def _people_table(turns: Iterable[PeopleTurn], words: dict[str, str]) -> str:
    rows = (
        f'<tr><th scope="row">{escape(turn.turn.id)}</th>'
        f"<td>{turn.on}</td><td>{turn.count}</td>"
        f"<td>{escape(_told(turn.turn.before, words))}</td>"
        f"<td>{escape(_told(turn.turn.after, words))}</td><td>{escape(_facts(turn))}</td></tr>"
        for turn in list(turns)[:MOST_SHOWN]
    )
    columns = ("outcome", "on", "count", "before", "after", "example")
    return _table(words["people"], columns, rows, words)


def _facts(turn: PeopleTurn) -> str:
    return "; ".join(f"{key}: {value}" for key, value in turn.example.items())


def _table(
    caption: str, columns: Iterable[str], rows: Iterable[str], words: dict[str, str]
) -> str:
    heads = "".join(f'<th scope="col">{escape(words[name])}</th>' for name in columns)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
