# SPDX-License-Identifier: EUPL-1.2
"""The pages of a conversation, filled from their templates at a tenth of the usual price.

A template is read once for each language, into the same lists that the browser fills
(`export_templates`); texts of the interface then stand in it already. Here each list becomes a
function that writes its part of a page. Django's engine gives the same page sign for sign, and
a test holds the two equal.

What is kept from one visitor to the next is about the pack: a part below ``{% kept %}`` by its
offer, door and day. Nothing that somebody answered is in it or in its key.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import defaultfilters
from django.template.loader_tags import BlockNode
from django.templatetags.static import StaticNode
from django.urls import reverse
from django.utils.html import conditional_escape

from middenstip.guide.export_templates import Compiler, blocks_of, template_named
from middenstip.guide.templatetags import guide as tags
from middenstip.pack.reading import Words

MOST_KEPT = 512  # of one part in one language: 61 offers, two outcomes, two doors, two days

Scope = dict[str, Any]
Get = Callable[[Scope], Any]
Fill = Callable[[Scope], str]
FILTERS: dict[str, Callable[..., Any]] = {
    "day": tags.day,
    "cut": defaultfilters.cut,
    "join": defaultfilters.join,
    "length": defaultfilters.length,
    "slice": defaultfilters.slice_filter,
}
COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "in": lambda one, several: one in (several or ()),
    "not in": lambda one, several: one not in (several or ()),
}


def filled(template: str, context: Scope) -> str:
    """Return the page of a template that extends the page of the guide.

    ``context`` is as for the template, with ``lang`` and ``exported``. A name in it that does
    not exist is empty. Raises NotForExport for a tag or filter that has no twin here.
    """
    make = _ready.__wrapped__ if settings.DEBUG else _ready  # a changed template shows at once
    return make(template, context["lang"], context["exported"])(context)


@lru_cache(maxsize=128)
def _ready(template: str, lang: str, exported: bool) -> Fill:
    return _Maker(lang).nodes(_Whole(template, lang, exported).page())


class _Whole(Compiler):
    """Reads a whole page: what is around the blocks, and which parts may be kept."""

    def __init__(self, name: str, lang: str, exported: bool) -> None:
        super().__init__(name, lang, exported)
        self.parent, self.blocks = blocks_of(template_named(name))
        self.ways |= {
            BlockNode: lambda node: self.nodes((self.blocks.get(node.name) or node).nodelist),
            StaticNode: lambda node: [
                tags.escape(StaticNode.handle_simple(node.path.resolve({})))
            ],
            tags.KeptNode: lambda node: [["kept", self._include(node)]],
            tags.OnceNode: lambda node: [["once", self._include(node)]],
        }

    def page(self) -> list[Any]:
        """Return the nodes of the page."""
        return self.nodes(template_named(self.parent).nodelist)


class _Maker:
    """Turns the nodes of a page in one language into functions that write it."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.page: Any = {"lang": lang}  # what the guide's own tags ask of a context
        self.ways: dict[str, Callable[..., Fill]] = {
            "out": self._out,
            "if": self._if,
            "for": self._for,
            "with": self._with,
            "say": self._say,
            "words": self._words,
            "said": lambda item: self._tag(tags.said, item),
            "amount": lambda item: self._tag(tags.amount, item),
            "url": self._url,
            "kept": lambda inside: Kept(self.nodes(inside)),
            "once": self._once,
        }

    def nodes(self, nodes: Sequence[Any]) -> Fill:
        """Return what writes these nodes one after the other."""
        texts = [node if isinstance(node, str) else "" for node in nodes]
        parts = [
            (place, self.ways[node[0]](*node[1:]))
            for place, node in enumerate(nodes)
            if not isinstance(node, str)
        ]
        if not parts:
            whole = "".join(texts)
            return lambda scope: whole
        if len(texts) == 1:
            return parts[0][1]

        def fill(scope: Scope) -> str:
            written = texts[:]
            for place, part in parts:
                written[place] = part(scope)
            return "".join(written)

        return fill

    def value(self, item: Sequence[Any]) -> Get:
        """Return what looks a value up."""
        kind, *rest = item
        if kind == "is":
            (constant,) = rest
            return lambda scope: constant
        if kind == "var":
            return _looked_up(*rest[0].split("."))
        if kind == "filter":
            function, (inner, *more) = FILTERS[rest[0]], [self.value(one) for one in rest[1:]]
            return lambda scope: function(inner(scope), *(one(scope) for one in more))
        first, *others = [self.value(one) for one in rest]
        if kind == "not":
            return lambda scope: not first(scope)
        (second,) = others
        if kind == "and":
            return lambda scope: first(scope) and second(scope)
        if kind == "or":
            return lambda scope: first(scope) or second(scope)
        compare = COMPARED[kind]
        return lambda scope: compare(first(scope), second(scope))

    def _out(self, item: Any) -> Fill:
        get = self.value(item)
        return lambda scope: _escaped(get(scope))

    def _if(self, branches: Sequence[Any]) -> Fill:
        ways = [
            (None if when is None else self.value(when), self.nodes(inside))
            for when, inside in branches
        ]

        def fill(scope: Scope) -> str:
            for holds, inside in ways:
                if holds is None or holds(scope):
                    return inside(scope)
            return ""

        return fill

    def _for(self, names: Sequence[str], item: Any, inside: Any, empty: Any) -> Fill:
        get, each, none = self.value(item), self.nodes(inside), self.nodes(empty)

        def fill(scope: Scope) -> str:
            items = get(scope)
            if not items:
                return none(scope)
            inner = dict(scope)
            written = []
            for one in items:
                inner.update(zip(names, (one,) if len(names) == 1 else one, strict=True))
                written.append(each(inner))
            return "".join(written)

        return fill

    def _with(self, named: dict[str, Any], inside: Any) -> Fill:
        values = {name: self.value(item) for name, item in named.items()}
        fill = self.nodes(inside)
        return lambda scope: fill(scope | {name: get(scope) for name, get in values.items()})

    def _say(self, text: str, lang: str, named: dict[str, Any], plain: bool) -> Fill:
        values = {name: self.value(item) for name, item in named.items()}

        def fill(scope: Scope) -> str:
            found = text % {name: str(get(scope)) for name, get in values.items()}
            return tags.escape(found) if plain else tags.marked(Words(found, lang), self.lang)

        return fill

    def _words(self, item: Any, plain: bool) -> Fill:
        get, page = self.value(item), self.page
        return lambda scope: tags.words(page, get(scope), plain)

    def _tag(self, tag: Callable[..., str], item: Any) -> Fill:
        get, page = self.value(item), self.page
        return lambda scope: tag(page, get(scope))

    def _url(self, name: Any, arguments: Sequence[Any]) -> Fill:
        get, values = self.value(name), [self.value(one) for one in arguments]
        return lambda scope: _address(get(scope), *[value(scope) for value in values])

    def _once(self, inside: Any) -> Fill:
        fill = self.nodes(inside)

        def write(scope: Scope) -> str:
            written: dict[Any, str] = scope["written"]
            key = (write, scope["one"].fact)
            found = written.get(key)
            if found is None:
                found = written[key] = fill(scope)
            return found

        return write


class Kept:
    """A part that is the same for every visitor, written once for each offer, door and day.

    Each process keeps its own. Holds at most ``MOST_KEPT``, and begins anew beyond that.
    """

    def __init__(self, fill: Fill) -> None:
        self.fill = fill
        self.found: dict[tuple[Any, ...], str] = {}

    def __call__(self, scope: Scope) -> str:
        """Write the part, or give what was written before."""
        offer, result = scope["offer"], scope["result"]
        key = (offer.scheme_id, offer.outcome, result.door, result.on)
        found = self.found.get(key)
        if found is None:
            if len(self.found) >= MOST_KEPT:
                self.found.clear()
            found = self.found[key] = self.fill(scope)
        return found


def _looked_up(name: str, *parts: str) -> Get:
    """Return what looks up a name and then its attributes; None where one does not exist."""
    if not parts:
        return lambda scope: scope.get(name)
    if len(parts) == 1:
        (part,) = parts
        return lambda scope: getattr(scope.get(name), part, None)

    def get(scope: Scope) -> Any:
        found = scope.get(name)
        for part in parts:
            found = getattr(found, part, None)
        return found

    return get


def _escaped(found: Any) -> str:
    if type(found) is str:
        return tags.escape(found)
    return "" if found is None else conditional_escape(found)


@lru_cache(maxsize=4096)
def _address(name: str, *arguments: str) -> str:
    return tags.escape(reverse(name, args=arguments))
