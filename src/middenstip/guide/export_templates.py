# SPDX-License-Identifier: EUPL-1.2
"""The guide's own templates as JSON, so that a browser fills the same markup as the server.

A template becomes a list of nodes. A text is itself; every other node is a list that begins
with its kind; `static/guide/templates.js` is the reader:

- ``["out", value]``: a value, escaped
- ``["if", [[condition or null, nodes], ...]]``: the first that holds
- ``["for", names, value, nodes, nodes when empty]``
- ``["with", {name: value}, nodes]``: an included template
- ``["say", text, language, {name: value}, plain]``: a text of the interface with blanks
- ``["words", value, plain]``, ``["said", value]``, ``["amount", value]``: the guide's own tags
- ``["url", name, [value, ...]]``

A value is ``["var", "offer.title"]``, ``["is", constant]`` or ``["filter", name, value, ...]``.
Texts of the interface are put in their language here. What stands below
``{% if not exported %}`` needs a server and is left out of an export. The server fills its own
pages from the same lists (`filling`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.template import Template
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.template.defaulttags import ForNode, IfChangedNode, IfNode, LoadNode, URLNode
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.smartif import TokenBase
from django.utils.html import escape

from middenstip.guide.templatetags.guide import marked, of_template

FILTERS = frozenset({"day", "cut", "join", "length", "slice"})
PAGES = frozenset(
    f"guide:{name}"
    for name in ("start", "help", "helping", "noticed", "safe", "scheme", "sheet")
)
DEEPEST = 12  # includes within includes; a template that includes itself ends here


class NotForExport(Exception):
    """A template uses something that a browser cannot fill: it names which, and where."""


def compile_page(name: str, lang: str) -> dict[str, Any]:
    """Return ``{title, main}``: the nodes of these blocks of a page in a language."""
    _, blocks = blocks_of(template_named(name))
    compiler = Compiler(name, lang)
    return {key: compiler.nodes(blocks[key].nodelist) for key in ("title", "main")}


def template_named(name: str) -> Template:
    """Return a template with its nodes; raises TemplateDoesNotExist."""
    found: Any = get_template(name)
    template: Template = found.template
    return template


def blocks_of(template: Template) -> tuple[str, dict[str, BlockNode]]:
    """Return the name of the page that a template extends, and its blocks.

    Raises NotForExport where it extends none.
    """
    extends = next((n for n in template.nodelist if isinstance(n, ExtendsNode)), None)
    if extends is None:
        raise NotForExport(f"{template.name}: does not extend the page of the guide")
    return str(extends.parent_name).strip("\"'"), extends.blocks


class Compiler:
    """Turns nodes of Django into lists. ``known``: what is the same on every page."""

    def __init__(self, name: str, lang: str, exported: bool = True) -> None:
        self.name = name
        self.lang = lang
        self.exported = exported
        self.known: dict[str, Any] = {"lang": lang, "exported": exported}
        self.known |= {"True": True, "False": False, "None": None}
        self.deep = 0
        self.ways: dict[type[Node], Callable[[Any], list[Any]]] = {
            TextNode: lambda node: [node.s],
            VariableNode: lambda node: [["out", self.value(node.filter_expression)]],
            IfNode: self._if,
            ForNode: self._for,
            IncludeNode: self._include,
            URLNode: self._url,
            IfChangedNode: self._if_changed,
            LoadNode: lambda node: [],
        }

    def nodes(self, nodes: Iterable[Node]) -> list[Any]:
        """Return the nodes, texts that follow each other joined, white space cut short."""
        found: list[Any] = []
        for node in nodes:
            for part in self._node(node):
                if isinstance(part, str) and found and isinstance(found[-1], str):
                    found[-1] += part
                else:
                    found.append(part)
        return found

    def _node(self, node: Node) -> list[Any]:
        # A tag of the guide may be a kind of one of Django's: it says the same.
        way = next((self.ways[kind] for kind in type(node).__mro__ if kind in self.ways), None)
        if way is not None:
            return way(node)
        if hasattr(node, "func"):
            return self._tag(node)
        raise NotForExport(f"{self.name}: a browser cannot fill {type(node).__name__}")

    def value(self, item: Any) -> Any:
        """Return a value with its filters."""
        if not isinstance(item, FilterExpression):
            return ["is", item]
        found = self._variable(item.var)
        for function, arguments in item.filters:
            name = getattr(function, "_filter_name", function.__name__)
            if name not in FILTERS:
                raise NotForExport(f"{self.name}: a browser has no filter {name!r}")
            extra = [self._variable(argument) for _, argument in arguments]
            found = ["filter", name, found, *extra]
        return found

    def _variable(self, item: Any) -> list[Any]:
        if not isinstance(item, Variable):
            return ["is", None if item is None else str(item)]
        if item.lookups is None:
            return ["is", item.literal]
        path = ".".join(item.lookups)
        return ["is", self.known[path]] if path in self.known else ["var", path]

    def _condition(self, item: TokenBase) -> Any:
        if item.id == "literal":
            return self.value(item.value)
        parts = [part for part in (item.first, item.second) if part is not None]
        return [item.id, *(self._condition(part) for part in parts)]

    def _if(self, node: IfNode) -> list[Any]:
        branches: list[Any] = []
        for condition, inside in node.conditions_nodelists:
            compiled = None if condition is None else self._condition(condition)
            settled = None if compiled is None else _settled(compiled)
            if settled is False:
                continue
            if compiled is None or settled is True:
                if not branches:
                    return self.nodes(inside)
                branches.append([None, self.nodes(inside)])
                break
            branches.append([compiled, self.nodes(inside)])
        return [["if", branches]] if branches else []

    def _for(self, node: Any) -> list[Any]:
        inside, empty = self.nodes(node.nodelist_loop), self.nodes(node.nodelist_empty)
        return [["for", list(node.loopvars), self.value(node.sequence), inside, empty]]

    def _include(self, node: IncludeNode) -> list[Any]:
        self.deep += 1
        if self.deep > DEEPEST:
            raise NotForExport(f"{self.name}: includes itself without end")
        outer, self.name = self.name, str(node.template.var)
        inside = self.nodes(template_named(self.name).nodelist)
        self.name = outer
        self.deep -= 1
        names = {key: self.value(value) for key, value in node.extra_context.items()}
        return [["with", names, inside]] if names else inside

    def _url(self, node: URLNode) -> list[Any]:
        name = self.value(node.view_name)
        if self.exported and name[0] == "is" and name[1] not in PAGES:
            raise NotForExport(
                f"{self.name}: an export has no page {name[1]!r}; put the link in "
                "{% if not exported %}"
            )
        arguments = [self.value(argument) for argument in node.args]
        return [["url", name, arguments]]

    def _if_changed(self, node: IfChangedNode) -> list[Any]:
        if list(node.nodelist_true) or list(node.nodelist_false):
            raise NotForExport(f"{self.name}: a browser cannot fill ifchanged")
        return []

    def _tag(self, node: Any) -> list[Any]:
        name = node.func.__name__
        values = [self.value(argument) for argument in node.args]
        named = {key: self.value(value) for key, value in node.kwargs.items()}
        plain = _settled(named.pop("plain", ["is", False])) is True
        if name == "translate":
            return self._say(values, named, plain)
        if name == "words":
            return [["words", values[0], plain]]
        if name in ("said", "amount"):
            return [[name, values[0]]]
        raise NotForExport(f"{self.name}: a browser has no tag {name!r}")

    def _say(self, values: list[Any], parts: dict[str, Any], plain: bool) -> list[Any]:
        text, *about = [value[1] for value in values]
        context = parts.pop("about", ["is", about[0] if about else None])[1]
        found = of_template(text, self.lang, context)
        if parts:
            return [["say", found.text, found.lang, parts, plain]]
        return [escape(found.text) if plain else str(marked(found, self.lang))]


def _settled(condition: list[Any]) -> bool | None:
    """Return what a condition is on every page; None where that differs."""
    if condition[0] == "is":
        return bool(condition[1])
    if condition[0] == "not":
        inner = _settled(condition[1])
        return None if inner is None else not inner
    if condition[0] in ("and", "or"):
        stops: bool = condition[0] == "or"
        inner_ones = [_settled(part) for part in condition[1:]]
        if stops in inner_ones:
            return stops
        return None if None in inner_ones else not stops
    return None
