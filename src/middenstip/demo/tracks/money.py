# SPDX-License-Identifier: EUPL-1.2
"""Claims, compensation orders, payments, advances, the injury fund, confiscation."""

from datetime import date

from middenstip.demo.life import Life, months_after
from middenstip.demo.tracks.justice import Trial
from middenstip.demo.tracks.person import Person


def money(life: Life, person: Person, trial: Trial) -> None:
    """Record what somebody earns, claims and gets."""
    if life.chance(0.6):
        life.told(
            life.after(person.seen_on, 0, 14),
            "care_coordinator",
            own_income=life.chance(0.15),
            own_assets_above_limit=life.chance(0.03),
            wages_unpaid=life.chance(0.7) if "labour" in person.forms else None,
        )
    if life.chance(0.3):
        applied = life.after(person.seen_on, 30, 600)
        life.happens(applied, "victim_support", "injury_fund_applied")
        if not trial.convicted and life.chance(0.5):
            _pay(life, life.after(applied, 90, 200), "injury_fund", "injury_fund",
                 life.draw.choice((1000, 2500, 5000, 10000, 20000)))  # fmt: skip
    if trial.charged_on is None or trial.judged_on is None:
        if life.chance(0.02):
            life.told(
                life.after(person.seen_on, 60, 300),
                "legal_aid",
                compensation_route=life.pick({"civil_claim": 60, "none": 40}),
            )
        return
    if life.chance(0.65):
        _claim(life, trial, trial.charged_on, trial.judged_on)
    if trial.convicted and life.chance(0.25):
        _confiscate(life, trial.judged_on)


def _claim(life: Life, trial: Trial, charged_on: date, judged_on: date) -> None:
    amount = 250 * life.draw.randint(4, 160)
    joined = life.after(charged_on, 5, max(5, (judged_on - charged_on).days - 1))
    by = life.pick({"legal_aid": 60, "victim_support": 40})
    life.happens(joined, by, "claim_joined", amount=amount)
    outcome = life.pick({"granted": 45, "partly": 40, "inadmissible": 15})
    if not trial.convicted:
        outcome = "inadmissible"
    awarded = {"granted": amount, "partly": amount // 2, "inadmissible": 0}[outcome]
    life.happens(judged_on, "court", "claim_decided", outcome=outcome, amount=awarded or None)
    if not awarded or trial.final_on is None or not life.chance(0.92):
        return
    life.happens(
        judged_on,
        "court",
        "compensation_order_imposed",
        amount=awarded,
        final_on=trial.final_on,
    )
    life.bring_in("collection_agency")
    _payments(life, awarded, trial.final_on)


def _payments(life: Life, awarded: int, final_on: date) -> None:
    """Let the offender pay all, some or nothing in eight months, and the State the rest."""
    due = months_after(final_on, 8)
    course = life.pick({"all": 25, "some": 45, "nothing": 30})
    left = awarded
    if course == "all":
        _pay(life, life.after(final_on, 20, 230), "collection_agency", "offender", left)
        return
    if course == "some":
        for _part in range(life.draw.randint(1, 3)):
            part = max(50, awarded * life.draw.randint(3, 18) // 100)
            day = life.after(final_on, 20, 200)
            _pay(life, day, "collection_agency", "offender", part)
            left -= part
    paid = life.after(due, *life.pick({(0, 0): 74, (1, 9): 18, (10, 40): 8}))
    _pay(life, paid, "collection_agency", "state_advance", left)


def _pay(life: Life, day: date, who: str, payer: str, amount: int) -> None:
    life.happens(day, who, "compensation_paid", amount=amount, payer=payer)


def _confiscate(life: Life, judged_on: date) -> None:
    kind = life.pick(
        {
            "confiscation_order": 50,
            "forfeiture": 20,
            "conservatory_attachment": 20,
            "tax_disclosure": 10,
        }
    )
    by = "court" if kind in {"confiscation_order", "forfeiture"} else "prosecution"
    life.happens(
        judged_on,
        by,
        "confiscation_measure",
        kind=kind,
        amount=None if kind == "tax_disclosure" else 500 * life.draw.randint(2, 300),
        for_compensation=life.chance(0.4) if kind == "conservatory_attachment" else None,
        decided_by=by,
    )
