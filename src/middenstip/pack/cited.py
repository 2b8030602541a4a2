# SPDX-License-Identifier: EUPL-1.2
"""A source in the form in which answers and screens show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cited:
    """Title, place in the document, address, day of the last check and how sure we are."""

    title: str
    article: str
    url: str
    checked_on: date
    confidence: str
