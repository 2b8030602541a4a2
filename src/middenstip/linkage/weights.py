# SPDX-License-Identifier: EUPL-1.2
"""The weights that this register compares persons with: those that come along, or its own.

MIDDENSTIP_MATCHING_WEIGHTS names a file of `middenstip linkage learn` that two people approved.
"""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from middenstip.matching.weights import Weights

VARIABLE = "MIDDENSTIP_MATCHING_WEIGHTS"


def current() -> "Weights":
    """Return the weights to compare with; they are read once for each process.

    ImproperlyConfigured, with what to do, for a file that is none or that two people did not
    approve: the register never goes on with other weights than it was told to use.
    """
    return _read(_named())


def require_usable() -> None:
    """Raise as `current` where a file is named that may not be used. For the start: where none
    is named, nothing is loaded.
    """
    if _named():
        current()


def _named() -> str:
    return os.environ.get(VARIABLE, "").strip()


@cache
def _read(path: str) -> "Weights":
    from middenstip.matching.records import BadInput
    from middenstip.matching.weights import read_weights, shipped

    if not path:
        return shipped()
    try:
        return read_weights(Path(path))
    except BadInput as problem:
        raise ImproperlyConfigured(f"{VARIABLE}: {'; '.join(problem.problems)}") from None
