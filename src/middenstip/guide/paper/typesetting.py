# SPDX-License-Identifier: EUPL-1.2
"""From a paper to PDF, in memory. One press for each process: no flood fills a server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock

import typst

from middenstip.guide.paper.document import Card, Paper

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "vendor"
# Far above the longest paper of the pack: more is no paper that somebody asked for.
MOST_CHARACTERS = 400_000


class PressBusy(Exception):
    """Another paper is being made in this process."""


class PaperTooLong(ValueError):
    """A paper with more text than any that this guide makes."""


class Press:
    """Sets papers, one at a time. Knows the fonts of the product and no others."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
        )
        self._compilers = {
            file.name: typst.Compiler(
                file, root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True
            )
            for file in (TEMPLATES / "paper.typ", TEMPLATES / "card.typ")
        }

    def pdf(self, paper: Paper | Card) -> bytes:
        """Return a paper as tagged PDF to the standard PDF/UA-1, with no day or maker in it.

        The standard refuses a sign that no font has. Such a paper comes without the claim of
        the standard: an empty square is better than no paper. The log tells that it happened.
        """
        compiler, inputs = self._compilers[paper.template], _inputs(paper)
        try:
            made = compiler.compile(
                format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=0
            )
        except typst.TypstError:
            # What it says holds words of the paper: those are nobody's business here.
            logger.warning("a paper does not meet PDF/UA-1: perhaps a sign that no font has")
            made = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=0)
        if not isinstance(made, bytes):
            raise TypeError("a paper is one file")
        return made

    def pictures(self, paper: Paper | Card, *, dots_per_inch: float = 96) -> list[bytes]:
        """Return the pages of a paper as PNG, to look at."""
        made = self._compilers[paper.template].compile(
            format="png", sys_inputs=_inputs(paper), ppi=dots_per_inch
        )
        return made if isinstance(made, list) else [made or b""]


def typeset(paper: Paper | Card) -> bytes:
    """Return a paper as PDF. PressBusy when another one is being made just now."""
    with free_press() as press:
        return press.pdf(paper)


@contextmanager
def free_press() -> Iterator[Press]:
    """Take the press of this process and give it back; PressBusy when it is in use.

    Nobody waits for it: who waits holds a thread of the server, and the desk needs those.
    """
    if not _in_use.acquire(blocking=False):
        raise PressBusy
    try:
        yield _press()
    finally:
        _in_use.release()


_in_use = Lock()


@cache
def _press() -> Press:
    return Press()


def _inputs(paper: Paper | Card) -> dict[str, str]:
    text = json.dumps(paper.typed(), ensure_ascii=False)
    if len(text) > MOST_CHARACTERS:
        raise PaperTooLong(f"a paper of {len(text)} characters, at most {MOST_CHARACTERS}")
    return {"paper": text}
