# SPDX-License-Identifier: EUPL-1.2
"""The criminal case: statements, investigation, dismissal, trial, appeal."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from middenstip.demo.life import Life
from middenstip.demo.tracks.person import Person
from middenstip.demo.tracks.residence import CaseEnd, Stay

APPEAL_TERM = timedelta(days=14)
REASON = "Het belang van het slachtoffer bij rust weegt hier zwaarder (verzonnen)."


@dataclass(slots=True)
class Trial:
    """The days of a criminal case that matter for a claim and a permit."""

    end: CaseEnd = field(default_factory=CaseEnd)
    charged_on: date | None = None
    judged_on: date | None = None
    final_on: date | None = None
    convicted: bool = False


def criminal_case(life: Life, person: Person, finder: str, stay: Stay) -> Trial:
    """Open an investigation where there is a complaint or the police go on by themselves."""
    trial = Trial()
    complaint = stay.kind in {"complaint", "other_cooperation"}
    if not complaint and not life.chance(0.22):
        return trial
    opened = stay.on if complaint and stay.on else life.after(person.seen_on, 3, 40)
    by = finder if finder in {"border_police", "labour_inspectorate"} else "police"
    life.happens(opened, by, "investigation_opened", by=by)
    _papers(life, opened, by, complaint)
    if life.chance(0.35):
        _dismiss(life, trial, life.after(opened, 60, 420))
        return trial
    _go_to_court(life, trial, life.after(opened, 80, 300))
    return trial


def _papers(life: Life, opened: date, by: str, complaint: bool) -> None:
    if life.chance(0.7):
        code = "trafficking_273f" if life.chance(0.96) else "smuggling_197a"
        life.happens(life.after(opened, 0, 5), by, "offence_registered", code=code)
    if life.chance(0.5):
        life.happens(life.after(opened, 1, 60), by, "statement_given", by_victim=complaint)
    if life.chance(0.07):
        measure = life.pick(
            {
                "domicile": 30,
                "under_number": 30,
                "threatened_witness": 15,
                "anonymous_hearing": 10,
                "security": 15,
            }
        )
        life.happens(
            life.after(opened, 0, 90),
            by if measure in {"domicile", "under_number", "security"} else "court",
            "protective_measure_taken",
            measure=measure,
            reason="Bedreiging door de verdachte (verzonnen)." if life.chance(0.6) else None,
        )


def _dismiss(life: Life, trial: Trial, day: date) -> None:
    kind = life.pick({"technical": 70, "policy": 30})
    conditional = kind == "policy" and life.chance(0.3)
    if life.chance(0.08):
        country = life.pick({"BE": 3, "DE": 3, "RO": 2, "HU": 1})
        life.happens(day, "prosecution", "case_transferred_abroad", country=country)
        day = life.after(day, 10, 60)
    life.happens(
        day,
        "prosecution",
        "case_dismissed",
        kind=kind,
        conditional=conditional,
        reason=REASON if kind == "technical" or life.chance(0.7) else None,
    )
    if conditional and life.chance(0.35):
        _go_to_court(life, trial, life.after(day, 90, 300))
    elif conditional:
        again = life.after(day, 300, 500)
        life.happens(
            again,
            "prosecution",
            "case_dismissed",
            kind="policy",
            conditional=False,
            reason=REASON,
        )
        trial.end = CaseEnd(again, "dismissed")
    else:
        trial.end = CaseEnd(day, "dismissed")


def _go_to_court(life: Life, trial: Trial, day: date) -> None:
    trial.charged_on = day
    life.happens(day, "prosecution", "prosecution_started")
    summoned = life.after(day, 20, 140)
    life.happens(summoned, "prosecution", "summons_issued")
    judged = life.after(summoned, 40, 220)
    trial.convicted = life.chance(0.72)
    outcome = "convicted" if trial.convicted else "acquitted"
    trial.judged_on = judged
    if life.chance(0.3):
        life.happens(judged, "court", "judgment_given", outcome=outcome)
        life.told(life.after(judged, 3, 13), "prosecution", criminal_case="appeal")
        judged = life.after(judged, 200, 420)
        trial.convicted = trial.convicted and life.chance(0.85)
        outcome = "convicted" if trial.convicted else "acquitted"
        trial.judged_on = judged
    final = judged + APPEAL_TERM
    stated = life.chance(0.5)
    life.happens(
        judged, "court", "judgment_given", outcome=outcome, final_on=final if stated else None
    )
    if not stated:
        life.happens(final, "prosecution", "judgment_final", outcome=outcome)
    trial.final_on = final
    trial.end = CaseEnd(final, outcome)
