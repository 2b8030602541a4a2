# SPDX-License-Identifier: EUPL-1.2
"""Make the fonts for paper out of the web fonts of npm packages; a part of script/vendor.

Typst reads whole TrueType fonts, the packages hold one compressed file per stretch of Unicode.
So the files of one weight are joined and cut to the characters that texts can need. Needs
`pip install brotli`; fonttools is among the packages for developers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "5.3.0"
TARGET = Path(__file__).parent.parent / "src/middenstip/guide/paper/vendor"
LATIN = (*range(0x20, 0x180), *range(0x218, 0x21C), *range(0x2010, 0x2023), 0x2026, 0x20AC)
SIGNS = (0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x2116, 0x2122, 0x2190, 0x2192, 0x2212)
MARKS = (*range(0x300, 0x30D), 0x323, 0x326, 0x327, 0x328)
VIETNAMESE = (0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA), 0x20AB)
CYRILLIC = range(0x400, 0x460)
ARABIC = (*range(0x600, 0x66E), 0x670, 0x671, 0x6D4, *range(0x6F0, 0x6FA), 0xFDFC)
ETHIOPIC = range(0x1200, 0x139A)
CHINESE_SIGNS = (*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F), 0xFFE5)
# For browser and addiction, and in the names of Fiji, Nauru, Timor-Leste and Vatican City.
LESS_COMMON_CHINESE = tuple(map(ord, "浏瘾斐瑙汶梵"))


def common_chinese() -> Iterator[int]:
    """Yield the 3,755 characters of everyday Chinese: the first level of GB 2312."""
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                yield ord(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:  # the last row is not full
                continue


@dataclass(frozen=True, slots=True)
class Font:
    """One font family on paper: its package, the files to join and the characters to keep.

    ``without`` are features to drop: one that draws a letter as two signs (a letter and its
    dot) makes a screen reader of PDF hear that letter twice.
    """

    package: str
    parts: tuple[str, ...]
    characters: tuple[int, ...]
    weights: tuple[int, ...] = (400, 700)
    without: frozenset[str] = frozenset()


FONTS = (
    Font("atkinson-hyperlegible", ("latin", "latin-ext"), (*LATIN, *SIGNS, *MARKS)),
    Font(
        "noto-sans",
        ("latin", "latin-ext", "cyrillic", "vietnamese"),
        (*LATIN, *SIGNS, *MARKS, *VIETNAMESE, *CYRILLIC),
        without=frozenset({"ccmp"}),
    ),
    # Not Noto Sans Arabic: it draws the dots of every letter apart.
    Font("vazirmatn", ("arabic",), ARABIC),
    Font("noto-sans-ethiopic", ("ethiopic",), tuple(ETHIOPIC)),
    # One weight: a second would double the largest file; headings are drawn thicker instead.
    Font(
        "noto-sans-sc",
        ("chinese-simplified",),
        (*common_chinese(), *LESS_COMMON_CHINESE, *CHINESE_SIGNS),
        (400,),
    ),
)


def make_fonts(
    pack: Callable[[str, str], Path], member: Callable[[Path, str], bytes]
) -> Iterable[str]:
    """Write the fonts and their licences under TARGET; yield a line to tell for each."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for font in FONTS:
        archive = pack(f"@fontsource/{font.package}", VERSION)
        licence = TARGET / f"LICENSE-{font.package}.txt"
        licence.write_bytes(member(archive, "LICENSE"))
        for weight in font.weights:
            names = [
                f"files/{font.package}-{part}-{weight}-normal.woff2" for part in font.parts
            ]
            joined = _joined([member(archive, name) for name in names], font)
            file = TARGET / f"{font.package}-{weight}.ttf"
            file.write_bytes(joined)
            yield f"{file.name}: {len(joined)} bytes"


def _joined(files: list[bytes], wanted: Font) -> bytes:
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    cut = []
    for data in files:
        font = TTFont(io.BytesIO(data), recalcTimestamp=False)
        _cut(font, wanted)
        font.flavor = None
        held = io.BytesIO()
        font.save(held)
        held.seek(0)
        cut.append(held)
    if len(cut) == 1:
        return cut[0].getvalue()
    merged = Merger().merge(cut)
    merged.recalcTimestamp = False
    # The same files give the same font, whenever it is made.
    merged["head"].created = merged["head"].modified = TTFont(cut[0])["head"].modified
    whole = io.BytesIO()
    merged.save(whole)
    return whole.getvalue()


def _cut(font: Any, wanted: Font) -> None:
    from fontTools.subset import Options, Subsetter

    options = Options(
        hinting=False,
        notdef_outline=True,
        drop_tables=["STAT", "vhea", "vmtx", "BASE", "gasp", "prep", "fpgm", "cvt "],
    )
    options.layout_features = sorted({*options.layout_features, "locl"} - wanted.without)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted.characters)
    subsetter.subset(font)
