# SPDX-License-Identifier: EUPL-1.2
"""Where everything in the wheel stands: pure geometry, no text of its own, no Django.

The drawing is a square of 400 units. A sector is a slice between two circles. Each slice
carries a mark (a number or a sign) near the middle and a label further out; a search places
the label so that it touches neither the mark nor an edge of its slice. Type is 14 units or
larger, which is at least 13 pixels when the wheel is 380 pixels wide.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from middenstip.web import metrics

SIDE = 400.0
CENTRE = SIDE / 2
INNER = 45.0
OUTER = 178.0
OUTER_URGENT = 195.0
GAP = 5.0
MARK_RADIUS = 11.5
SIZES = (15.0, 14.5, 14.0)
LINE_HEIGHT = 1.1
ASCENT = 0.70
DESCENT = 0.22
CLEAR = 2.5
FEWEST, MOST = 3, 12
# Beyond this many characters no slice can hold a text: do not search.
LONGEST = 60


@dataclass(frozen=True)
class Box:
    """A rectangle with its sides along the axes."""

    left: float
    top: float
    right: float
    bottom: float

    def corners(self) -> tuple[tuple[float, float], ...]:
        """Return the four corners."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    def distance(self, x: float, y: float) -> float:
        """Return how far a point lies outside the box; 0 inside it."""
        dx = max(self.left - x, 0.0, x - self.right)
        dy = max(self.top - y, 0.0, y - self.bottom)
        return math.hypot(dx, dy)


@dataclass(frozen=True)
class Slice:
    """One sector: the direction of its middle and half its opening, in radians."""

    middle: float
    half: float

    def point(self, radius: float, aside: float = 0.0) -> tuple[float, float]:
        """Return the point at this radius on the middle line, moved `aside` from it."""
        cos, sin = math.cos(self.middle), math.sin(self.middle)
        return CENTRE + radius * cos - aside * sin, CENTRE + radius * sin + aside * cos

    def clearance(self, x: float, y: float) -> float:
        """Return how far a point lies from the nearest straight edge; negative outside."""
        dx, dy = x - CENTRE, y - CENTRE
        along = dx * math.cos(self.middle) + dy * math.sin(self.middle)
        across = abs(dy * math.cos(self.middle) - dx * math.sin(self.middle))
        return along * math.sin(self.half) - across * math.cos(self.half) - GAP / 2


@dataclass(frozen=True)
class Line:
    """One line of a label: its text, the point under its middle, and the room it takes."""

    text: str
    x: float
    baseline: float
    box: Box


@dataclass(frozen=True)
class Label:
    """The lines of a label, their type size, and the narrowest space left around them."""

    lines: tuple[Line, ...]
    size: float
    clearance: float


def slices(count: int, *, mirrored: bool = False) -> tuple[Slice, ...]:
    """Return the sectors from the top, clockwise; mirrored for scripts from right to left.

    Raises `ValueError` outside 3 to 12 sectors: fewer are no wheel, more leave no room for
    words.
    """
    if not FEWEST <= count <= MOST:
        raise ValueError(f"a wheel has {FEWEST} to {MOST} sectors, not {count}")
    step = 2 * math.pi / count
    turn = -step if mirrored else step
    return tuple(Slice(-math.pi / 2 + turn * place, step / 2) for place in range(count))


def mark_point(piece: Slice) -> tuple[float, float]:
    """Return the middle of the mark: as near the centre as the slice is wide enough."""
    needed = (MARK_RADIUS + 3.0 + GAP / 2) / math.sin(min(piece.half, math.pi / 2))
    return piece.point(max(INNER + MARK_RADIUS + 4.0, needed))


def outline(piece: Slice, outer: float) -> str:
    """Return the SVG path of the slice, half a gap inside its edges, corners softened."""

    def at(radius: float, side: int) -> tuple[float, float]:
        turn = side * (piece.half - math.asin(GAP / 2 / radius))
        return (
            CENTRE + radius * math.cos(piece.middle + turn),
            CENTRE + radius * math.sin(piece.middle + turn),
        )

    a, b, c, d = at(INNER, -1), at(outer, -1), at(outer, 1), at(INNER, 1)
    far = 1 if piece.half > math.pi / 2 else 0
    return (
        f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}"
        f"A{outer:.0f} {outer:.0f} 0 {far} 1 {c[0]:.1f} {c[1]:.1f}"
        f"L{d[0]:.1f} {d[1]:.1f}A{INNER:.0f} {INNER:.0f} 0 {far} 0 {a[0]:.1f} {a[1]:.1f}Z"
    )


def wraps(text: str, most: int) -> Iterator[tuple[str, ...]]:
    """Give the ways to set a text in at most so many lines, broken between words only."""
    words = text.split()
    yield (" ".join(words),)
    if most > 1:
        for place in range(1, len(words)):
            for rest in wraps(" ".join(words[place:]), most - 1):
                yield (" ".join(words[:place]), *rest)


def _set(lines: tuple[str, ...], x: float, y: float, size: float, bold: bool) -> list[Line]:
    """Set lines around the point (x, y) and measure each."""
    height = size * LINE_HEIGHT
    first = y - height * (len(lines) - 1) / 2 + size * (ASCENT - DESCENT) / 2
    placed = []
    for place, text in enumerate(lines):
        half = metrics.width(text, size, bold=bold) / 2
        base = first + place * height
        box = Box(x - half, base - size * ASCENT, x + half, base + size * DESCENT)
        placed.append(Line(text, x, base, box))
    return placed


def space_around(piece: Slice, box: Box) -> float:
    """Return the smallest distance from a box to the slice's edges and to its mark."""
    corners = box.corners()
    edges = min(piece.clearance(x, y) for x, y in corners)
    rim = OUTER - max(math.hypot(x - CENTRE, y - CENTRE) for x, y in corners)
    hub = box.distance(CENTRE, CENTRE) - INNER
    mark = box.distance(*mark_point(piece)) - MARK_RADIUS
    return min(edges, rim, hub, mark)


def _search(piece: Slice, lines: tuple[str, ...], size: float, bold: bool) -> Label | None:
    """Return the place of these lines with most space around them; None where none fits."""
    best: Label | None = None
    best_score = -math.inf
    for radius in range(84, 166, 3):
        for aside in (0.0, -3.0, 3.0, -6.0, 6.0, -9.0, 9.0):
            placed = _set(lines, *piece.point(radius, aside), size, bold)
            clearance = min(space_around(piece, line.box) for line in placed)
            score = min(clearance, 7.0) - abs(aside) * 0.4 - abs(radius - 124) * 0.03
            if clearance >= CLEAR and score > best_score:
                best_score = score
                best = Label(tuple(placed), size, clearance)
    return best


@lru_cache(maxsize=512)
def label(piece: Slice, text: str, short: str = "", *, bold: bool = False) -> Label:
    """Place a label in a slice: the largest type at which the text fits in two lines.

    Where the text does not fit in two lines, the short text is tried, then three lines; where
    nothing fits, the text is cut and ends with an ellipsis. The full text always stands in
    the list under the wheel and in the name of the link.
    """
    for candidate, most in ((text, 2), (short, 2), (text, 3)):
        if not candidate or len(candidate) > LONGEST:
            continue
        for size in SIZES:
            found = [
                label
                for lines in wraps(candidate, most)
                if (label := _search(piece, lines, size, bold)) is not None
            ]
            if found:
                return max(found, key=lambda one: (min(one.clearance, 6.0), -len(one.lines)))
    start = " ".join((short or text).split())
    for length in range(min(len(start), 24), 0, -1):
        cut = start[:length].rstrip() + "…"
        if (placed := _search(piece, (cut,), SIZES[-1], bold)) is not None:
            return placed
    found_dots = _search(piece, ("…",), SIZES[-1], bold)
    if found_dots is None:
        raise ValueError("the slice is too narrow for any text")
    return found_dots
