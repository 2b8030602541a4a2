# SPDX-License-Identifier: EUPL-1.2
"""A small, valid pack of a country that does not exist; each test breaks its own copy."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import yaml

REF = {"source": "LAW", "article": "article 1", "confidence": "verified"}


def both(words: str) -> dict[str, str]:
    """A text in both languages of the small pack."""
    return {"nl": f"{words} (nl)", "en": words}


def kinds() -> dict[str, Any]:
    """The content of the small pack: header and kinds, as plain values."""
    return deepcopy(_KINDS)


_KINDS: dict[str, Any] = {
    "pack": {
        "country": "xx",
        "label": both("Nowhere"),
        "version": "1",
        "languages": ["nl", "en"],
        "time_zone": "Europe/Amsterdam",
        "first_day": date(2011, 1, 1),
        "holidays_until": date(2015, 12, 31),
    },
    "sources": {
        "LAW": {
            "title": "Act",
            "url": "https://law.example/act",
            "checked_on": date(2020, 1, 1),
        }
    },
    "needs": {"shelter": {"label": both("Shelter"), "order": 1}},
    "data_categories": {"identity": {"label": both("Who")}},
    "organisation_kinds": {"police": {"label": both("Police")}, "ngo": {"label": both("NGO")}},
    "purposes": {
        "help": {
            "label": both("Help"),
            "organisation_kinds": ["ngo"],
            "categories": ["identity"],
            "basis": ["consent"],
            "sources": [REF],
        },
        "own_record": {
            "label": both("Own record"),
            "organisation_kinds": ["police", "ngo"],
            "categories": ["identity"],
            "basis": ["own_record"],
            "sources": [REF],
        },
    },
    "retention": {
        "kept": {
            "label": both("Draft"),
            "what": "draft",
            "term": {"days": 28},
            "action": "remove_draft",
            "sources": [REF],
        }
    },
    "consent_forms": {
        "general": {
            "label": both("Form"),
            "versions": [
                {
                    "version": "1",
                    "valid_from": date(2011, 1, 1),
                    "what": both("What"),
                    "with_whom": both("With whom"),
                    "why": both("Why"),
                    "how_long": both("How long"),
                    "refusing": both("Refusing"),
                    "withdrawing": both("Withdrawing"),
                    "sources": [REF],
                }
            ],
        }
    },
    "holidays": {"new_year": {"label": both("New year"), "days": [date(2014, 1, 1)]}},
    "code_lists": {
        "kind": {
            "label": both("Kind"),
            "items": {"police": {"label": both("police")}, "ngo": {"label": both("ngo")}},
        },
        "country": {
            "label": both("Country"),
            "otherwise": "far",
            "precedence": ["near", "far"],
            "items": {
                "AA": {"label": both("Aland"), "group": "near"},
                "BB": {
                    "label": both("Beland"),
                    "groups": [{"group": "near", "valid_to": date(2014, 12, 31)}],
                },
                "CC": {"label": both("Celand")},
                "unknown": {"label": both("not known")},
            },
        },
        "region": {"label": both("Region"), "items": {"national": {"label": both("All")}}},
        "nearness": {
            "label": both("Nearness"),
            "items": {"near": {"label": both("near")}, "far": {"label": both("far")}},
        },
    },
    "directory": {
        "line": {
            "label": both("Line"),
            "kind": "ngo",
            "needs": ["shelter"],
            "regions": ["national"],
            "what": both("Finds a bed"),
            "phone": "0800 1234",
            "hours": both("Day and night"),
            "checked_on": date(2020, 1, 1),
            "source": REF,
        }
    },
    "amounts": {
        "money": {
            "label": both("Money"),
            "unit": "eur",
            "per": "week",
            "values": [
                {
                    "valid_from": date(2013, 1, 1),
                    "valid_to": date(2013, 12, 31),
                    "value": 10.0,
                    "source": REF,
                },
                {"valid_from": date(2014, 1, 1), "value": 12.5, "source": REF},
            ],
        }
    },
    "sectors": {
        "farm": {
            "label": both("Farm"),
            "order": 1,
            "signs": [both("Sleeps in the barn")],
            "do": [both("Call")],
            "call": ["line"],
            "sources": [REF],
        }
    },
    "sheets": {
        "rights": {
            "label": both("Rights"),
            "event": "seen",
            "call": ["line"],
            "versions": [
                {
                    "valid_from": date(2014, 1, 1),
                    "parts": [{"points": [{"text": both("A bed"), "sources": [REF]}]}],
                }
            ],
        }
    },
    "facts": {
        "birth_date": {
            "type": "date",
            "category": "identity",
            "label": both("Birth"),
            "question": both("When born?"),
            "ask_you": both("When were you born?"),
            "why": both("Children get more help."),
        },
        "age": {
            "type": "integer",
            "category": "identity",
            "label": both("Age"),
            "askable": False,
            "compute": {"years_between": [{"fact": "birth_date"}, {"today": True}]},
        },
        "minor": {
            "type": "yes_no",
            "category": "identity",
            "label": both("Minor"),
            "askable": False,
            "compute": {"condition": {"fact": "age", "lt": 18}},
        },
        "seen_by": {
            "type": "code",
            "code_list": "kind",
            "category": "identity",
            "label": both("Seen by"),
            "askable": False,
        },
        "countries": {
            "type": "countries",
            "code_list": "country",
            "category": "identity",
            "label": both("Countries"),
            "question": both("Which countries?"),
        },
        "nearness": {
            "type": "code",
            "code_list": "nearness",
            "category": "identity",
            "label": both("Nearness"),
            "askable": False,
            "compute": {"group_of": "countries"},
        },
    },
    "events": {
        "seen": {
            "label": both("Seen"),
            "category": "identity",
            "need": "shelter",
            "recorded_by": ["police"],
            "fields": {
                "by": {"type": "code", "code_list": "kind", "label": both("By")},
                "nights": {"type": "integer", "label": both("Nights")},
                "until": {"type": "date", "label": both("Until")},
            },
            "sets": [{"fact": "seen_by", "to": {"event": "by"}}],
        },
        "helped": {"label": both("Helped"), "category": "identity", "recorded_by": ["ngo"]},
    },
    "schemes": {
        "XX-01": {
            "label": both("Bed"),
            "need": "shelter",
            "decides": ["ngo"],
            "for_you": {"title": both("A bed"), "words": both("You may get a bed.")},
            "contacts": ["line"],
            "versions": [
                {
                    "valid_from": date(2011, 1, 1),
                    "valid_to": date(2013, 12, 31),
                    "applies_when": {"fact": "minor", "is": True},
                    "gives": both("A bed"),
                    "sources": [REF],
                },
                {
                    "valid_from": date(2014, 1, 1),
                    "applies_when": {"possibly": {"fact": "minor", "is": True}},
                    "gives": both("A better bed"),
                    "amounts": ["money"],
                    "sources": [REF],
                },
            ],
        }
    },
    "duties": {
        "help_soon": {
            "label": both("Help soon"),
            "need": "shelter",
            "category": "identity",
            "owner": {"event": "by", "otherwise": "ngo"},
            "starts": [{"event": "seen", "when": {"event": "nights", "ge": 1}}],
            "met_by": [{"event": "helped"}],
            "versions": [
                {
                    "valid_from": date(2011, 1, 1),
                    "due": [{"term": {"days": 1}, "how": both("1 day, {event.nights} nights")}],
                    "basis": "law",
                    "sources": [REF],
                }
            ],
        }
    },
    "guards": {
        "R-20": {
            "rule": "R-20",
            "event": "seen",
            "refuse_when": {"event": "nights", "gt": 3},
            "message": both("{event.nights} nights is too long for {age}"),
            "sources": [REF],
        }
    },
    "flags": {
        "R-01": {
            "rule": "R-01",
            "category": "identity",
            "duty": "help_soon",
            "message": both("Nobody helped"),
            "sources": [REF],
        }
    },
}


def write(folder: Path, content: dict[str, Any]) -> Path:
    """Write a pack as one file per kind and return its folder."""
    for kind, items in content.items():
        words = yaml.safe_dump(items, sort_keys=False, allow_unicode=True)
        (folder / f"{kind}.yaml").write_text(words, encoding="utf-8")
    return folder
