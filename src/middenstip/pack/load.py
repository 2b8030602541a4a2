# SPDX-License-Identifier: EUPL-1.2
"""From a folder of files to one immutable pack.

Loading checks the shape of every item. Whether the items fit each other is the work of
:mod:`middenstip.pack.check`, which every change to a pack must pass before it is shipped.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

import middenstip.countries
from middenstip.pack.files import HEADER_FILE, read_folder
from middenstip.pack.model import Pack
from middenstip.pack.problems import NoLawInForce, PackError, nearest

__all__ = [
    "NoLawInForce",
    "PackError",
    "load_pack",
    "pack_folder",
    "shipped_countries",
]

COUNTRIES = Path(next(iter(middenstip.countries.__path__)))


def shipped_countries() -> tuple[str, ...]:
    """Return the codes of the packs that come with the program."""
    return tuple(sorted(p.parent.name for p in COUNTRIES.glob(f"*/{HEADER_FILE}")))


def pack_folder(code_or_dir: str | Path) -> Path:
    """Return the folder of a shipped country code, or the given folder.

    Raises FileNotFoundError with the known codes when there is no such pack.
    """
    if isinstance(code_or_dir, str) and (COUNTRIES / code_or_dir / HEADER_FILE).is_file():
        return COUNTRIES / code_or_dir
    folder = Path(code_or_dir)
    if (folder / HEADER_FILE).is_file():
        return folder
    if folder.is_dir():
        raise FileNotFoundError(f"{folder} is no country pack: it has no {HEADER_FILE}")
    advice = nearest(code_or_dir, shipped_countries())
    raise FileNotFoundError(f"there is no country pack {code_or_dir}{advice}")


def load_pack(code_or_dir: str | Path) -> Pack:
    """Return the pack of a country code (read once per process) or of a folder (read anew).

    Raises FileNotFoundError when there is none, PackError with every problem of shape at once.
    """
    folder = pack_folder(code_or_dir)
    return _shipped(folder) if folder.parent == COUNTRIES else _load(folder)


@cache
def _shipped(folder: Path) -> Pack:
    return _load(folder)


def _load(folder: Path) -> Pack:
    raw = read_folder(folder)
    if not raw.problems:
        try:
            return Pack.model_validate({"header": raw.header, **raw.kinds}).from_folder(folder)
        except ValidationError:
            pass  # told item by item below
    # Only a broken pack needs the module that words what is wrong.
    from middenstip.pack.shape import shape_pack

    raise PackError([*raw.problems, *shape_pack(raw)[2]])
