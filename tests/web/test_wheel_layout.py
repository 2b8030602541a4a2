# SPDX-License-Identifier: EUPL-1.2
"""Nothing in the wheel touches anything else, whatever the labels and states are."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from middenstip.web import wheel_layout as layout

LABELS = {
    "nl": "Veiligheid|Onderdak|Gezondheid|Verblijf|Juridische hulp|Geld|Iemand om mee te praten"
    "|Kinderen en familie|Werk en school|Recht en strafzaak|Terugkeer",
    "en": "Safety|Shelter|Health|Residence|Legal help|Money|Someone to talk to"
    "|Children and family|Work and school|Justice|Return",
}
WORDS = st.text(
    alphabet=st.characters(min_codepoint=32, max_codepoint=0x6FF), min_size=1, max_size=60
).filter(lambda text: bool(text.split()))


def overlap(one: layout.Box, other: layout.Box) -> bool:
    """Tell whether two boxes share area."""
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def assert_free(piece: layout.Slice, label: layout.Label) -> None:
    """Check by sampling the edges of each box, apart from the search that placed it."""
    mark_x, mark_y = layout.mark_point(piece)
    for line in label.lines:
        box = line.box
        for step in range(21):
            part = step / 20
            x = box.left + part * (box.right - box.left)
            y = box.top + part * (box.bottom - box.top)
            for px, py in ((x, box.top), (x, box.bottom), (box.left, y), (box.right, y)):
                assert piece.clearance(px, py) > 0
                radius = math.hypot(px - layout.CENTRE, py - layout.CENTRE)
                assert layout.INNER < radius < layout.OUTER
                assert math.hypot(px - mark_x, py - mark_y) > layout.MARK_RADIUS


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("bold", [False, True])
def test_every_need_stands_in_full(language: str, mirrored: bool, bold: bool) -> None:
    labels = LABELS[language].split("|")
    for piece, text in zip(layout.slices(11, mirrored=mirrored), labels, strict=True):
        placed = layout.label(piece, text, bold=bold)
        assert " ".join(line.text for line in placed.lines) == text
        assert len(placed.lines) <= (3 if len(text) > 20 else 2)
        assert_free(piece, placed)


def test_labels_are_at_least_13_pixels_when_the_wheel_is_380_wide() -> None:
    assert min(layout.SIZES) * 380 / layout.SIDE >= 13


def test_labels_of_different_needs_never_overlap() -> None:
    placed = [
        layout.label(piece, text, bold=True)
        for piece, text in zip(layout.slices(11), LABELS["nl"].split("|"), strict=True)
    ]
    boxes = [[line.box for line in label.lines] for label in placed]
    for place, mine in enumerate(boxes):
        for others in boxes[place + 1 :]:
            assert not any(overlap(one, other) for one in mine for other in others)


@settings(max_examples=60, deadline=None)
@given(text=WORDS, short=st.one_of(st.just(""), WORDS), data=st.data(), bold=st.booleans())
def test_any_label_keeps_clear_of_its_mark_and_edges(
    text: str, short: str, data: st.DataObject, bold: bool
) -> None:
    count = data.draw(st.integers(layout.FEWEST, layout.MOST))
    place = data.draw(st.integers(0, count - 1))
    piece = layout.slices(count)[place]
    assert_free(piece, layout.label(piece, text, short, bold=bold))


@given(count=st.integers(layout.FEWEST, layout.MOST))
def test_a_mark_keeps_clear_of_its_slice(count: int) -> None:
    for piece in layout.slices(count):
        x, y = layout.mark_point(piece)
        assert piece.clearance(x, y) > layout.MARK_RADIUS
        assert math.hypot(x - layout.CENTRE, y - layout.CENTRE) > layout.INNER


def test_a_short_label_is_used_only_where_the_full_one_does_not_fit() -> None:
    piece = layout.slices(11)[0]
    long = "Ondersteuningsvraagverheldering"
    assert [line.text for line in layout.label(piece, "Geld", "G").lines] == ["Geld"]
    assert [line.text for line in layout.label(piece, long, "Vraag").lines] == ["Vraag"]
    assert layout.label(piece, long).lines[0].text.endswith("…")


@pytest.mark.parametrize("count", [0, 2, 13])
def test_a_wheel_of_too_few_or_too_many_needs_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="3 to 12"):
        layout.slices(count)


def test_an_urgent_need_is_longer_than_all_others() -> None:
    assert layout.OUTER_URGENT > layout.OUTER
    assert layout.OUTER_URGENT + 4 < layout.CENTRE
