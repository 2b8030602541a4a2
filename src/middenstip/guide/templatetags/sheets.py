# SPDX-License-Identifier: EUPL-1.2
"""`{% load sheets %}`: papers to hand over, for pages of other rooms."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from middenstip.guide.languages import LANGUAGES
from middenstip.thread.country import pack

register = template.Library()


@register.inclusion_tag("guide/sheet_links.html")
def sheets_of(event_type: str) -> dict[str, Any]:
    """The sheets that are handed over at an event, in every language; nothing for none."""
    country, lang = pack(), get_language() or "nl"
    found = [
        (sheet_id, country.text(sheet.label, lang))
        for sheet_id, sheet in country.sheets.items()
        if sheet.event == event_type
    ]
    return {"sheets": found, "languages": LANGUAGES.values()}
