# SPDX-License-Identifier: EUPL-1.2
"""The wheel: the person in the middle, a ring of needs around it. Pure Python to SVG.

Length, sign, number and word carry the state of a need; colour only repeats it, so the wheel
reads the same in print, in forced colours and for who sees no colour (WCAG 2.2: 1.4.1, 1.4.11).
All looks are in static/web/css/wheel.css, so no style stands in the drawing itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, get_args

from middenstip.web import wheel_layout as layout

State = Literal["arranged", "open", "urgent", "later", "none", "unknown"]
STATES: tuple[State, ...] = get_args(State)
# The order in which the list under the wheel tells the states: what hurts today comes first.
READING_ORDER: tuple[State, ...] = (
    "urgent",
    "open",
    "unknown",
    "arranged",
    "later",
    "none",
)
COUNTED: frozenset[State] = frozenset({"open", "urgent"})


@dataclass(frozen=True)
class Sector:
    """One need in the wheel.

    `state`: `arranged`; `open` and `urgent` (with `count`, the number of things to do, 1 or
    more); `later`; `none` (does not apply); `unknown` (may apply, an answer is missing).
    `href`: where a click leads; empty leads to the line in the list under the wheel.
    `short`: a shorter label for the drawing alone, used where `label` does not fit.
    Raises `ValueError` for a state that does not exist or a count that does not belong.
    """

    id: str
    label: str
    state: State
    count: int = 0
    href: str = ""
    short: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"{self.id}: state {self.state!r} is not one of {STATES}")
        if self.state in COUNTED and self.count < 1:
            raise ValueError(f"{self.id}: {self.state} needs a count of 1 or more")


@dataclass(frozen=True)
class Group:
    """The needs of one state, for the list under the wheel."""

    state: State
    word: str
    sign: str
    sectors: tuple[Sector, ...]


def groups(sectors: Sequence[Sector], words: Mapping[State, str]) -> list[Group]:
    """Return the same content as the drawing, by state, most pressing first."""
    found = []
    for state in READING_ORDER:
        chosen = tuple(sector for sector in sectors if sector.state == state)
        if chosen:
            found.append(Group(state, words[state], sign(state, _total(chosen)), chosen))
    return found


def _total(sectors: Sequence[Sector]) -> int:
    """Return how many things there are to do in these sectors together."""
    return sum(sector.count for sector in sectors if sector.state in COUNTED)


def said(sector: Sector, words: Mapping[State, str]) -> str:
    """Return one need as a sentence part: label, state, and number where there is one."""
    number = f" ({sector.count})" if sector.state in COUNTED else ""
    return f"{sector.label}: {words[sector.state]}{number}"


def svg(
    sectors: Sequence[Sector],
    *,
    title: str,
    words: Mapping[State, str],
    name: str = "wheel",
    linked: bool = True,
    mirrored: bool = False,
) -> str:
    """Return the drawing as inline SVG.

    With `linked` each sector is a link that says its whole state, inside a named group; without
    it the drawing is one image whose name tells everything. `name` begins the ids, so that two
    wheels can stand on one page; `mirrored` turns the other way round for right-to-left.
    Raises `ValueError` for fewer than 3 or more than 12 sectors.
    """
    pieces = layout.slices(len(sectors), mirrored=mirrored)
    drawn = "".join(
        _sector(sector, piece, words, name, linked)
        for sector, piece in zip(sectors, pieces, strict=True)
    )
    role = "group" if linked else "img"
    told = title if linked else f"{title}. " + "; ".join(said(one, words) for one in sectors)
    return (
        f'<svg class="ms-wheel" viewBox="0 0 {layout.SIDE:.0f} {layout.SIDE:.0f}"'
        f' role="{role}" aria-label="{escape(told)}">{drawn}'
        f'<circle class="ms-wheel__ring" cx="{layout.CENTRE:.0f}" cy="{layout.CENTRE:.0f}"'
        f' r="{layout.INNER - 12:.0f}"/><circle class="ms-wheel__dot"'
        f' cx="{layout.CENTRE:.0f}" cy="{layout.CENTRE:.0f}" r="12"/></svg>'
    )


def _sector(
    sector: Sector,
    piece: layout.Slice,
    words: Mapping[State, str],
    name: str,
    linked: bool,
) -> str:
    """Return the slice, its mark and its label, as a link or a plain group."""
    urgent = sector.state == "urgent"
    path = layout.outline(piece, layout.OUTER_URGENT if urgent else layout.OUTER)
    placed = layout.label(piece, sector.label, sector.short, bold=urgent)
    text = "".join(
        f'<text x="{line.x:.1f}" y="{line.baseline:.1f}" font-size="{placed.size:g}">'
        f"{escape(line.text)}</text>"
        for line in placed.lines
    )
    x, y = layout.mark_point(piece)
    mark = (
        f'<g class="ms-wheel__mark" transform="translate({x:.1f} {y:.1f})">'
        f"{sign(sector.state, sector.count)}</g>"
    )
    look = f'class="ms-wheel__sector ms-wheel__sector--{sector.state}"'
    inside = f'<path class="ms-wheel__slice" d="{path}"/>{mark}{text}'
    if not linked:
        return f"<g {look}>{inside}</g>"
    href = sector.href or f"#{name}-{sector.id}"
    name_of_link = escape(said(sector, words))
    return f'<a {look} href="{escape(href)}" aria-label="{name_of_link}">{inside}</a>'


def sign(state: State, count: int = 0) -> str:
    """Return the mark of a state around the point (0, 0): a number where things are counted."""
    disc = f'<circle class="ms-wheel__disc" r="{layout.MARK_RADIUS:g}"/>'
    if state in COUNTED:
        number = f"{count}" if count < 100 else "99+"
        size = 11 if len(number) > 2 else 15
        shown = f'<text class="ms-wheel__number" y="{size * 0.34:.1f}" font-size="{size}">'
        return f"{disc}{shown}{number}</text>" if count else disc
    if state == "unknown":
        return f'{disc}<text class="ms-wheel__number" y="5.3" font-size="16">?</text>'
    strokes = {
        "arranged": f'{disc}<path class="ms-wheel__stroke" d="M-5.5 0.5l3.8 4 7-8.5"/>',
        "later": f'{disc}<path class="ms-wheel__stroke" d="M0 -6v6.5l4 2.5"/>',
        "none": '<path class="ms-wheel__stroke" d="M-6 0h12"/>',
    }
    return strokes[state]
