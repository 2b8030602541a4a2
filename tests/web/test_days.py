# SPDX-License-Identifier: EUPL-1.2
"""The number of days left, and the word that says what it means."""

import pytest
from django.utils import translation

from middenstip.web.templatetags.web import days


@pytest.mark.parametrize(
    ("left", "unit", "number", "word"),
    [
        (2, "day", 2, "days left"),
        (1, "day", 1, "day left"),
        (-1, "day", 1, "day late"),
        (-2, "night", 2, "nights late"),
        (729, "day", 729, "days left"),
        (730, "day", 2, "years left"),
        (3636, "day", 9, "years left"),
        (-3636, "day", 9, "years late"),
        (None, "day", "–", "not yet known"),
    ],
)
def test_far_away_is_told_in_years(
    left: int | None, unit: str, number: object, word: str
) -> None:
    with translation.override("en"):
        told = days(left, unit)
    assert (told["number"], str(told["word"])) == (number, word)


def test_today_is_the_last_day() -> None:
    with translation.override("nl"):
        assert (days(0)["number"], days(0)["word"]) == ("Vandaag", "laatste dag")
