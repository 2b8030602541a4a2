# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: S314 - the XML that is parsed here is our own drawing
"""The drawing says the state of each need without colour, to the eye and to the ear."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from middenstip.web.wheel import COUNTED, STATES, Sector, State, groups, said, sign, svg

WORDS: dict[State, str] = {state: f"woord-{state}" for state in STATES}


def some() -> list[Sector]:
    """Return one need per state; counts where they belong."""
    return [
        Sector(f"need-{state}", f"Label {state}", state, 2 if state in COUNTED else 0)
        for state in STATES
    ]


def test_each_state_has_a_sign_of_its_own() -> None:
    signs = {sign(state, 2) for state in STATES if state != "urgent"}
    assert len(signs) == len(STATES) - 1
    assert sign("urgent", 2) == sign("open", 2)  # told apart by length and weight


def test_an_urgent_need_reaches_further_out() -> None:
    drawing = svg(some(), title="t", words=WORDS)
    root = ElementTree.fromstring(drawing)
    urgent = root.find(".//*[@class='ms-wheel__sector ms-wheel__sector--urgent']/path")
    plain = root.find(".//*[@class='ms-wheel__sector ms-wheel__sector--open']/path")
    assert urgent is not None
    assert plain is not None
    assert "A195 195" in urgent.attrib["d"]
    assert "A178 178" in plain.attrib["d"]


def test_each_link_says_label_state_and_number() -> None:
    root = ElementTree.fromstring(svg(some(), title="Rond de persoon", words=WORDS))
    names = [link.attrib["aria-label"] for link in root.findall("a")]
    assert names == [said(sector, WORDS) for sector in some()]
    assert "Label urgent: woord-urgent (2)" in names
    assert root.attrib["role"] == "group"


def test_without_links_the_wheel_is_one_image_that_tells_everything() -> None:
    root = ElementTree.fromstring(svg(some(), title="Rond", words=WORDS, linked=False))
    assert root.attrib["role"] == "img"
    assert root.findall("a") == []
    for sector in some():
        assert said(sector, WORDS) in root.attrib["aria-label"]


def test_a_label_with_markup_stays_text() -> None:
    sectors = [Sector("a", '<script>"&', "open", 1, href='"><x'), *some()[:2]]
    drawing = svg(sectors, title='"<', words=WORDS)
    ElementTree.fromstring(drawing)
    assert "<script" not in drawing


def test_no_style_stands_in_the_drawing() -> None:
    drawing = svg(some(), title="t", words=WORDS)
    assert "style=" not in drawing
    assert "<style" not in drawing


@pytest.mark.parametrize("state", sorted(COUNTED))
def test_an_open_need_without_a_number_is_refused(state: State) -> None:
    with pytest.raises(ValueError, match="count of 1 or more"):
        Sector("shelter", "Opvang", state)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="is not one of"):
        Sector("shelter", "Opvang", "done")  # type: ignore[arg-type]


def test_a_number_above_99_fits_its_mark() -> None:
    assert ">99+<" in sign("open", 100)
    assert ">99<" in sign("open", 99)


def test_the_list_tells_the_same_as_the_drawing_most_pressing_first() -> None:
    found = groups(some(), WORDS)
    assert found[0].state == "urgent"
    assert sorted(s.id for group in found for s in group.sectors) == sorted(
        s.id for s in some()
    )


def test_the_tag_gives_drawing_and_list_in_dutch_with_ids_to_jump_to() -> None:
    with translation.override("nl"):
        page = Template("{% load web %}{% wheel sectors 'rad' %}").render(
            Context({"sectors": some()})
        )
    assert 'href="#rad-need-open"' in page
    assert 'id="rad-need-open"' in page
    assert "Dringend" in page
    assert "geldt misschien" in page


def test_right_to_left_turns_the_other_way() -> None:
    one = svg(some(), title="t", words=WORDS)
    other = svg(some(), title="t", words=WORDS, mirrored=True)
    assert one != other
