# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the server turned into addresses between files, so that an export works under
any path of any server; and the static files that pages use, named after their content."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from middenstip.access.middleware import ONLY_OUR_OWN

PREFIX = "/guide/"
ASSETS = "assets"
WORKER = "worker.js"
POLICY = "; ".join([*ONLY_OUR_OWN, "worker-src 'self'", "form-action 'none'"])
_LINK = re.compile(r'(?<=\s)([a-z][a-z-]*)="(/(?:[^"/][^"]*)?)"')
_LINKING = frozenset({"href", "src", "action", "formaction", "content", "srcset", "poster"})
_OTHER_LANGUAGE = re.compile(r'<li><a href="/guide/([a-z]+)/[^"]*"[^>]*>[^<]*</a></li>\n?')
_IMPORT = re.compile(r'(?<=from "|port\(")\./([\w-]+\.js)(?=")')
_EXPLANATION = re.compile(r"^[ ]*(?:/\*\*.*?\*/|//(?! SPDX)[^\n]*)\n", re.MULTILINE | re.DOTALL)
_IN_STYLE = re.compile(r"url\(\s*[\"']?(?!data:)([^\"')]+)[\"']?\s*\)")
_HASHED = re.compile(r"\.[0-9a-f]{12}(?=\.[a-z0-9]+$)")


class BrokenLink(Exception):
    """A page of the guide leads to an address that is no part of an export."""


class Assets:
    """The files that pages share, each named after its hash, so that it may be kept for ever.
    What a script or style sheet names goes along."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._static: dict[str, str] = {}

    def add(self, name: str, content: bytes, folder: str = ASSETS) -> str:
        """Keep a file; returns its path in the export."""
        stem, _, ending = name.rpartition(".")
        path = f"{folder}/{stem}.{sha256(content).hexdigest()[:10]}.{ending}"
        self.files[path] = content
        return path

    def static(self, name: str) -> str:
        """Keep a static file of the program, by its name below the static folder."""
        name = _HASHED.sub("", name)
        if name not in self._static:
            found = finders.find(name)
            if not found:
                raise BrokenLink(f"there is no static file {name!r}")
            content = self._linked(name, Path(str(found)).read_bytes())
            self._static[name] = self.add(posixpath.basename(name), content)
        return self._static[name]

    def _linked(self, name: str, content: bytes) -> bytes:
        folder = posixpath.dirname(name)

        def beside(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(folder, found[1]))
            return posixpath.basename(self.static(target))

        if name.endswith(".js"):
            # What explains the script to people, all but the licence, need not go to a phone.
            script = _EXPLANATION.sub("", content.decode())
            return _IMPORT.sub(lambda m: f"./{beside(m)}", script).encode()
        if name.endswith(".css"):
            return _IN_STYLE.sub(lambda m: f'url("{beside(m)}")', content.decode()).encode()
        return content


def file_of(address: str) -> str:
    """Return the file of an address of the guide: ``/guide/nl/help/`` is nl/help/index.html."""
    path = address.removeprefix(PREFIX)
    if "/paper/" in path:
        return f"{path.rstrip('/')}.pdf"
    return f"{path}index.html" if not path or path.endswith("/") else path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: its path in the export, the folder of the export below the scope of
    the service worker, and the languages that are exported."""

    page: str
    below: str
    langs: list[str]

    def to(self, path: str) -> str:
        """Return the way from the page to a path of the export."""
        return posixpath.relpath(path, posixpath.dirname(self.page) or ".")

    @property
    def scope(self) -> str:
        """The way from the page to the scope of the service worker."""
        return f"{self.to('.')}/{'../' * self.below.count('/')}"


def local(html: str, place: Place, assets: Assets, follow: Callable[[str], None]) -> str:
    """Return a page of the server as a file of the export.

    Every address becomes relative to the page; ``follow`` is told each page it leads to. Links
    to a language that is not exported are left out. The page gets its security policy along.
    Raises BrokenLink for an address outside the guide.
    """

    def link(found: re.Match[str]) -> str:
        name, address = found[1], found[2]
        if name not in _LINKING and not name.startswith("data-"):
            return found[0]
        path, mark = re.match(r"([^?#]*)(.*)", address).groups()  # type: ignore[union-attr]
        return f'{name}="{_target(name, path, place, assets, follow)}{mark}"'

    html = _OTHER_LANGUAGE.sub(lambda m: m[0] if m[1] in place.langs else "", html)
    html = _LINK.sub(link, html)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    start = '<meta charset="utf-8">'
    if start not in html:
        raise BrokenLink(f"{place.page}: has no {start}, so no security policy can go along")
    return html.replace(start, f"{start}\n{policy}", 1)


def _target(
    name: str, path: str, place: Place, assets: Assets, follow: Callable[[str], None]
) -> str:
    if name == "data-keep-scope":
        return place.scope
    if path == f"{PREFIX}{WORKER}":
        return f"{place.scope}{WORKER}"
    static = f"/{settings.STATIC_URL.strip('/')}/"
    if path.startswith(static):
        return place.to(assets.static(path.removeprefix(static)))
    if path.startswith("/export/"):
        return place.to(path.removeprefix("/export/"))
    if not path.startswith(PREFIX):
        raise BrokenLink(f"{place.page}: {name}={path!r} leads out of the guide")
    follow(path)
    return place.to(file_of(path))
