# SPDX-License-Identifier: EUPL-1.2
"""The colours of the theme keep the contrast of WCAG 2.2 (1.4.3 text, 1.4.11 shapes)."""

import re
from pathlib import Path

import pytest

import middenstip.web

THEME = Path(middenstip.web.__file__).parent / "static/web/css/theme.css"
COLOURS = dict(re.findall(r"--ms-([\w-]+): (#[0-9a-f]{6});", THEME.read_text()))
TEXT = [
    *[("ink", ground) for ground in ("paper", "card", "open", "done", "later", "brand-tint")],
    *[("ink", ground) for ground in ("open-tint", "urgent-tint")],
    *[("ink-soft", ground) for ground in ("paper", "card", "later")],
    *[("brand", ground) for ground in ("paper", "card", "brand-tint", "urgent-tint")],
    *[("brand-deep", ground) for ground in ("paper", "card", "brand-tint")],
    *[("urgent", ground) for ground in ("paper", "card", "urgent-tint")],
    *[("card", ground) for ground in ("brand", "brand-deep", "urgent", "ink")],
]
SHAPES = [
    ("line-strong", "card"),
    ("line-strong", "paper"),
    ("open-line", "card"),
    ("brand", "done"),
    ("ink", "open"),
    ("ink-soft", "later"),
    ("card", "urgent"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours of the theme."""
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_a_contrast_of_4_5(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(("line", "ground"), SHAPES)
def test_shapes_that_carry_meaning_have_a_contrast_of_3(line: str, ground: str) -> None:
    assert contrast(line, ground) >= 3
