# SPDX-License-Identifier: EUPL-1.2
"""The same eight schemes in OpenFisca and as columns, on the same million people.

OpenFisca knows no "not known yet", so nothing is unknown here; a day that never came is a
sentinel there and null here. The answers must be equal before any time counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.measure import Figure, median
from bench.people import column
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.rules.columns import outcomes

ON = date(2024, 6, 1)
DAY = ON.isoformat()
COUNT = 1_000_000
NEVER = np.datetime64("1900-01-01")
PERSON = build_entity(key="person", plural="persons", label="", is_person=True)
SCHEMES = ("NL-STAY-01", "NL-STAY-02", "NL-LIV-02", "NL-EU-01")
SCHEMES += ("NL-MIN-02", "NL-SHE-01", "NL-SHE-03", "NL-NPP-01")
PERMITS = ("temporary_victim", "temporary_unable", "temporary_witness", "non_temporary")
YES_NO = ("indication", "lawful_stay", "dublin_claim", "own_income", "own_assets_above_limit")
YES_NO += ("eu_support_exclusion", "unaccompanied", "trafficking_risk", "bed_needed")
YES_NO += (
    "in_womens_shelter",
    "committed_offence_as_victim",
    "presence_required_by_prosecutor",
)
CODES = ("nationality_group", "stay_ground", "role", "cooperation", "criminal_case")
DATES = ("birth_date", "reflection_period_started_on", "reflection_period_ended_on")

Formula = Callable[[Any, Any], Any]


def is_minor(person: Any, period: Any) -> Any:
    """NL: younger than 18; who is born on 29 February turns 18 on the 28th."""
    born = person("birth_date", period).astype("datetime64[D]")
    return _plus_months(born, 18 * 12) > np.datetime64(ON)


def reflection_period_last_day(person: Any, period: Any) -> Any:
    """Three months; 30 days for a Dublin claimant since 19 May 2023."""
    started = person("reflection_period_started_on", period).astype("datetime64[D]")
    short = person("dublin_claim", period) & (started > np.datetime64("2023-05-18"))
    return np.where(short, started + np.timedelta64(30, "D"), _plus_months(started, 3))


def reflection_period_runs(person: Any, period: Any) -> Any:
    """Started as ground of stay, not ended, and its last day (where known) not past."""
    never = person("reflection_period_started_on", period) == NEVER
    last_day = person("reflection_period_last_day", period)
    return (
        _one_of(person, period, "stay_ground", "reflection_period")
        & (person("reflection_period_ended_on", period) == NEVER)
        & (never | (last_day >= np.datetime64(ON)))
    )


def stay_01(person: Any, period: Any) -> Any:
    """NL-STAY-01."""
    last_day = person("reflection_period_last_day", period)
    never = person("reflection_period_started_on", period) == NEVER
    other = (
        *PERMITS,
        "application_pending",
        "other_permit",
        "eu_free_movement",
        "asylum_pending",
    )
    return (
        person("indication", period)
        & _one_of(person, period, "role", "victim")
        & ~person("lawful_stay", period)
        & ~_one_of(person, period, "nationality_group", "nl")
        & (person("reflection_period_ended_on", period) == NEVER)
        & ~(~never & (last_day < np.datetime64(ON)))
        & ~_one_of(person, period, "cooperation", "complaint", "other_cooperation")
        & ~_one_of(person, period, "stay_ground", *PERMITS, *other)
    )


def stay_02(person: Any, period: Any) -> Any:
    """NL-STAY-02."""
    running = ("investigation", "prosecution", "trial", "appeal")
    return (
        _one_of(person, period, "role", "victim")
        & ~_one_of(person, period, "nationality_group", "nl")
        & _one_of(person, period, "cooperation", "complaint", "other_cooperation")
        & _one_of(person, period, "criminal_case", *running)
        & ~person("lawful_stay", period)
        & (~person("dublin_claim", period) | person("presence_required_by_prosecutor", period))
    )


def liv_02(person: Any, period: Any) -> Any:
    """NL-LIV-02."""
    return (
        ~person("own_income", period)
        & ~person("own_assets_above_limit", period)
        & ~person("is_minor", period)
        & (
            _one_of(person, period, "nationality_group", "nl")
            | _one_of(person, period, "stay_ground", *PERMITS, "other_permit")
            | (
                _one_of(person, period, "nationality_group", "eu")
                & person("lawful_stay", period)
                & ~person("eu_support_exclusion", period)
            )
        )
    )


def eu_01(person: Any, period: Any) -> Any:
    """NL-EU-01."""
    return _one_of(person, period, "nationality_group", "eu") & person("indication", period)


def min_02(person: Any, period: Any) -> Any:
    """NL-MIN-02."""
    return (
        person("is_minor", period)
        & person("unaccompanied", period)
        & _one_of(person, period, "nationality_group", "third_country", "stateless")
        & (person("indication", period) | person("trafficking_risk", period))
    )


def she_01(person: Any, period: Any) -> Any:
    """NL-SHE-01."""
    return (
        person("reflection_period_runs", period)
        & ~person("is_minor", period)
        & ~_one_of(person, period, "nationality_group", "nl")
        & person("bed_needed", period)
    )


def she_03(person: Any, period: Any) -> Any:
    """NL-SHE-03."""
    return person("bed_needed", period) & (
        _one_of(person, period, "nationality_group", "nl")
        | _one_of(person, period, "stay_ground", *PERMITS, "other_permit")
        | (
            _one_of(person, period, "nationality_group", "eu")
            & person("lawful_stay", period)
            & (person("in_womens_shelter", period) | ~person("eu_support_exclusion", period))
        )
    )


def npp_01(person: Any, period: Any) -> Any:
    """NL-NPP-01."""
    compelled = person("committed_offence_as_victim", period)
    return _one_of(person, period, "role", "victim") & compelled


RULES: dict[str, Formula] = dict(
    zip(SCHEMES, (stay_01, stay_02, liv_02, eu_01, min_02, she_01, she_03, npp_01), strict=True)
)


def _plus_months(days: Any, months: int) -> Any:
    month = days.astype("datetime64[M]")
    moved = month + months
    last = (moved + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(
        moved.astype("datetime64[D]") + (days - month.astype("datetime64[D]")), last
    )


def _one_of(person: Any, period: Any, variable: str, *codes: str) -> Any:
    values = person(variable, period)
    found = values == values.possible_values[codes[0]]
    for code in codes[1:]:
        found = found | (values == values.possible_values[code])
    return found


def _system(pack: Pack) -> TaxBenefitSystem:
    system = TaxBenefitSystem([PERSON])
    common = {"entity": PERSON, "definition_period": DateUnit.DAY, "label": ""}
    for name in YES_NO:
        system.add_variable(type(name, (Variable,), {**common, "value_type": bool}))
    for name in DATES:
        system.add_variable(type(name, (Variable,), {**common, "value_type": date}))
    for name in CODES:
        values = Enum(name, {code: code for code in _codes(pack, name)})
        kind = {
            "value_type": Enum,
            "possible_values": values,
            "default_value": next(iter(values)),
        }
        system.add_variable(type(name, (Variable,), {**common, **kind}))
    helpers = {"is_minor": is_minor, "reflection_period_runs": reflection_period_runs}
    for name, formula in {**{_variable(k): f for k, f in RULES.items()}, **helpers}.items():
        parts = {**common, "value_type": bool, "formula": formula}
        system.add_variable(type(name, (Variable,), parts))
    last_day = {**common, "value_type": date, "formula": reflection_period_last_day}
    system.add_variable(type("reflection_period_last_day", (Variable,), last_day))
    return system


def _variable(scheme: str) -> str:
    return scheme.lower().replace("-", "_")


def _codes(pack: Pack, fact: str) -> list[str]:
    return [c for c in pack.codes_of(str(pack.facts[fact].code_list)) if c != "unknown"]


def _simulation(system: TaxBenefitSystem, pack: Pack, facts: pl.DataFrame) -> Simulation:
    simulation = SimulationBuilder().build_default_simulation(system, count=facts.height)
    for name in YES_NO:
        simulation.set_input(name, DAY, facts[name].to_numpy())
    for name in DATES:
        days = facts[name].fill_null(NEVER.item()).to_numpy().astype("datetime64[D]")
        simulation.set_input(name, DAY, days)
    for name in CODES:
        codes = _codes(pack, name)
        numbers = facts[name].replace_strict(codes, range(len(codes)), return_dtype=pl.UInt8)
        values = system.get_variable(name).possible_values
        simulation.set_input(name, DAY, EnumArray(numbers.to_numpy(), values))
    return simulation


def _facts(pack: Pack, count: int) -> pl.DataFrame:
    dice = np.random.default_rng(7)
    columns = [column(pack, name, ON, count, dice) for name in (*YES_NO, *DATES, *CODES)]
    facts = pl.DataFrame(columns)
    for name in DATES[1:]:  # a reflection period that never started, or never ended
        came = pl.Series(dice.random(count) < 0.5)
        facts = facts.with_columns(pl.when(came).then(pl.col(name)).alias(name))
    return facts


def figures(count: int = COUNT) -> Iterator[Figure]:
    """Compare the answers, then the times, taking turns so that both see the same machine."""
    whole = load_pack("nl")
    pack = whole.model_copy(update={"schemes": {k: whole.schemes[k] for k in SCHEMES}})
    facts, system = _facts(pack, count), _system(pack)
    ours, theirs = outcomes(pack, on=ON, facts=facts), {}

    def calculate() -> None:
        for scheme in SCHEMES:
            theirs[scheme] = simulation.calculate(_variable(scheme), DAY)

    ours_took, theirs_took = [], []
    for _ in range(7):
        ours_took.append(median(lambda: outcomes(pack, on=ON, facts=facts), runs=1, warm=0))
        simulation = _simulation(system, pack, facts)
        theirs_took.append(median(calculate, runs=1, warm=0))
    for scheme in SCHEMES:
        if not (ours[scheme].to_numpy() == theirs[scheme]).all():
            raise AssertionError(f"{scheme}: the answers differ; did the law change?")
    one, other = float(np.median(ours_took)), float(np.median(theirs_took))
    note = f"8 schemes, {count:,} people, nothing unknown, answers equal, median of 7 in turns"
    yield Figure("OpenFisca, eight schemes", other, "s", None, note)
    yield Figure("columns, the same eight", one, "s", None, "from pack to answer")
    yield Figure(
        "columns against OpenFisca", one / other, "times as long", 1.0, "ratio of both"
    )
