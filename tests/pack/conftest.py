# SPDX-License-Identifier: EUPL-1.2
"""Fixtures around the small pack of a country that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from middenstip.pack.check import check_folder
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.pack.problems import Problem
from tests.pack.small import kinds, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small pack as files."""
    return write(tmp_path, kinds())


@pytest.fixture
def pack(folder: Path) -> Pack:
    """The small pack, loaded."""
    return load_pack(folder)


@pytest.fixture
def check_with(tmp_path: Path) -> Callable[..., list[Problem]]:
    """Check the small pack after a value was put at a path; ``None`` takes the key away."""

    def run(path: str, value: Any) -> list[Problem]:
        content = kinds()
        *steps, last = (int(k) if k.isdigit() else k for k in path.split("/"))
        place: Any = content
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
        return check_folder(write(tmp_path, content))

    return run
