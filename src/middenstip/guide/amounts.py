# SPDX-License-Identifier: EUPL-1.2
"""Amounts as a language writes them, on screen and on paper."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from middenstip.guide.languages import say

SPACE = "\N{NO-BREAK SPACE}"
# What stands between thousands and before decimals.
_LIKE_ENGLISH = (",", ".")
_SPACED = (SPACE, ",")
_LIKE_DUTCH = (".", ",")
_SIGNS = {
    **dict.fromkeys(("en", "ar", "ti", "zh"), _LIKE_ENGLISH),
    **dict.fromkeys(("bg", "fr", "hu", "pl"), _SPACED),
}
_EURO_LAST = frozenset({"bg", "es", "fr", "hu", "pl", "ro", "vi"})
_UNITS = {
    "points": _("%(n)s points"),
    "days": _("%(n)s days"),
    "months": _("%(n)s months"),
    "years": _("%(n)s years"),
}


def number(value: float, lang: str) -> str:
    """Return a number as it is written in a language, with two decimals or none."""
    thousands, decimals = _SIGNS.get(lang, _LIKE_DUTCH)
    whole, _point, part = (f"{value:,.2f}" if value % 1 else f"{value:,.0f}").partition(".")
    whole = whole.replace(",", thousands)
    return f"{whole}{decimals}{part}" if part else whole


def with_unit(value: float, unit: str, lang: str) -> str:
    """Return an amount with its unit; KeyError for a unit that no amount of a pack has."""
    shown = number(value, lang)
    if unit == "eur":
        return f"{shown}{SPACE}€" if lang in _EURO_LAST else f"€ {shown}"
    if unit == "percent":
        return f"{shown}%"
    return say(_UNITS[unit], lang).text % {"n": shown}
