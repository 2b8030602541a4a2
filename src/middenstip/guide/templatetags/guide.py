# SPDX-License-Identifier: EUPL-1.2
"""`{% load guide %}`: texts with the language they are in, answers, days and amounts.

Its `translate` takes the place of Django's: it reads the catalogues of the guide, which has
more languages than the rest of the house, and marks a text that stands in another language than
the page.
"""

from __future__ import annotations

from html import escape as html_escape
from typing import Any

from django import template
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.template.loader_tags import IncludeNode
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop as _

from middenstip.guide.amounts import with_unit
from middenstip.guide.languages import LANGUAGES, say
from middenstip.guide.result import AmountLine, Said
from middenstip.pack.reading import Words

register = template.Library()
ANSWERS = {
    "yes": _("Yes"),
    "no": _("No"),
    "dont_know": _("I don't know"),
    "rather_not": _("I'd rather not say"),
    "open": _("Not asked yet"),
}
SPANS = {
    "hour": _("an hour"),
    "day": _("a day"),
    "week": _("a week"),
    "month": _("a month"),
    "year": _("a year"),
}


def escape(text: str) -> SafeString:
    """Return a text for a page. Django's own also takes texts that are still to be translated,
    which the guide has none of, and takes three times as long."""
    return SafeString(html_escape(text))  # nosec B308 - escaped right here


def marked(found: Words, page: str) -> SafeString:
    """Return a text for a page in a language, marked where it is in another one."""
    if found.lang == page or found.lang not in LANGUAGES or not found.text:
        return escape(found.text)
    other = LANGUAGES[found.lang]
    if other.rtl != LANGUAGES[page].rtl:
        shape = '<span lang="{}" dir="{}">{}</span>'
        return format_html(shape, found.lang, other.direction, found.text)
    return format_html('<span lang="{}">{}</span>', found.lang, found.text)


def of_template(text: str, page: str, about: str | None = None) -> Words:
    """Return a text of a template in the language of a page, its blanks still open."""
    # In the catalogue a text of a template stands as Django writes it: with doubled percents.
    found = say(text.replace("%", "%%"), page, about)
    return Words(found.text.replace("%%", "%"), found.lang)


@register.simple_tag(takes_context=True, name="translate")
def translate(
    context: Context, text: str, about: str | None = None, plain: bool = False, **parts: Any
) -> str:
    """A text of the interface; `%(name)s` in it is filled from the arguments.

    `plain=True` for an attribute or a title, where no markup can stand.
    """
    page = context["lang"]
    found = of_template(text, page, about)
    if parts:
        found = Words(found.text % {k: str(v) for k, v in parts.items()}, found.lang)
    return escape(found.text) if plain else marked(found, page)


@register.simple_tag(takes_context=True)
def words(context: Context, found: Words | None, plain: bool = False) -> str:
    """A text of the pack; nothing for none."""
    if found is None:
        return ""
    return escape(found.text) if plain else marked(found, context["lang"])


@register.simple_tag(takes_context=True)
def said(context: Context, answer: Said) -> str:
    """What was answered to a question, in words."""
    page = context["lang"]
    if answer.kind == "value":
        listed = ((marked(_plain_day(one), page),) for one in answer.words)
        return format_html_join(", ", "{}", listed)
    return marked(say(ANSWERS[answer.kind], page), page)


@register.filter
def day(value: Any) -> str:
    """A day in digits, as people here write it: 17-5-2024; nothing for none."""
    return f"{value.day}-{value.month}-{value.year}" if value else ""


def _plain_day(found: Words) -> Words:
    """Turn 2024-05-17, or its first parts, round; leave any other text alone."""
    parts = found.text.split("-")
    digits = all(part.isdigit() for part in parts)
    if digits and len(parts[0]) == 4 and len(parts) > 1:
        return Words("-".join(str(int(part)) for part in reversed(parts)), found.lang)
    return found


@register.simple_tag(takes_context=True)
def amount(context: Context, line: AmountLine) -> str:
    """An amount with its unit, and for which length of time it counts."""
    page = context["lang"]
    shown = escape(with_unit(line.value, line.unit, page))
    if line.per is None:
        return shown
    return format_html("{} {}", shown, marked(say(SPANS[line.per], page), page))


class KeptNode(IncludeNode):
    """An included part that is the same for every visitor and may be written once for all.

    It may look at the offer (its scheme and outcome), the door, the language and the day, and
    at nothing that somebody answered. `filling` keeps it; to Django it is an ordinary part.
    """


class OnceNode(IncludeNode):
    """An included part about the answer ``one``, to be written once for each page."""


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Include a template, written once for each offer, door, language and day."""
    return KeptNode(_named(parser, token))


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """Include a template about the answer ``one``, written once for each page."""
    return OnceNode(_named(parser, token))


def _named(parser: Parser, token: Token) -> FilterExpression:
    _, name = token.split_contents()
    return parser.compile_filter(name)
