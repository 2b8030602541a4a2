# SPDX-License-Identifier: EUPL-1.2
"""Code lists that follow from other parts of a pack, so that nothing is listed twice.

Fields of events choose from them as from any list: ``organisation_kind``, ``data_category``,
``purpose``, and ``consent_purpose``: those purposes that may rest on consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MIRRORS = {
    "organisation_kind": "organisation_kinds",
    "data_category": "data_categories",
    "purpose": "purposes",
    "consent_purpose": "purposes",
}
_LABELS = {
    "organisation_kind": {"nl": "Soort organisatie", "en": "Kind of organisation"},
    "data_category": {"nl": "Soort gegevens", "en": "Kind of data"},
    "purpose": {"nl": "Doel", "en": "Purpose"},
    "consent_purpose": {"nl": "Doel", "en": "Purpose"},
}


def derived_lists(kinds: Mapping[str, Mapping[str, Any]], header: Any) -> dict[str, Any]:
    """Return the derived code lists as they would stand in a file, from plain values.

    An item without a label is left out: that it has none is told where it stands. A language
    that the program has no word for gets the id of the list.
    """
    languages = header.get("languages") if isinstance(header, Mapping) else None
    listed = languages if isinstance(languages, list) else ["en"]
    wanted = [lang for lang in listed if isinstance(lang, str)]
    return {
        list_id: {
            "label": {lang: _LABELS[list_id].get(lang, list_id) for lang in wanted},
            "items": {
                item_id: {"label": item["label"]}
                for item_id, item in kinds[kind].items()
                if isinstance(item, Mapping)
                and "label" in item
                and (list_id != "consent_purpose" or "consent" in _basis(item))
            },
        }
        for list_id, kind in MIRRORS.items()
    }


def _basis(item: Mapping[str, Any]) -> Any:
    basis = item.get("basis")
    return basis if isinstance(basis, list) else ()
