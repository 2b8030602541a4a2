# SPDX-License-Identifier: EUPL-1.2
"""Weights learnt from what people decided in this register, measured on other persons.

Rarity is counted over everybody; only persons of whom somebody decided something teach. Two of
them who do not hang together by `same` count as two people. Persons of whom somebody did not
know are left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.linkage import weights
from middenstip.linkage.models import Answer
from middenstip.linkage.quality import judged
from middenstip.linkage.searching import COMPARING, Progress, whole_register
from middenstip.linkage.selectors import Pair, component
from middenstip.matching import learn
from middenstip.matching.engine import match
from middenstip.matching.records import BadInput
from middenstip.matching.weights import Weights

LEAST_TAUGHT, LEAST_MEASURED = learn.LEAST_PAIRS, 20
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Learnt:
    """New weights, how many persons they were measured on, and how good before and after."""

    weights: Weights
    measured_on: int
    before: learn.Quality
    after: learn.Quality


def learn_weights(*, actor: Actor, name: str, progress: Progress) -> Learnt:
    """Learn from what was decided of the persons whom the actor may know by name.

    Half of them teach, the others measure. BadInput when too little was decided; NotAllowed for
    who may not decide about pairs. What is learnt holds nothing of a person.
    """
    label_of = labels({pair: said.answer for pair, said in judged(actor=actor).items()})
    _check_enough(label_of)
    persons = whole_register(actor=actor, progress=progress)
    labelled = [label_of.get(UUID(person.rec_id), "") for person in persons]
    progress(COMPARING, 0, _STEPS)
    before = learn.measure(match(persons, weights.current()), labelled)
    progress(COMPARING, 1, _STEPS)
    made = learn.learn(persons, labelled, name, clock.today().isoformat())
    progress(COMPARING, 2, _STEPS)
    after = learn.measure(match(persons, made), labelled)
    progress(COMPARING, _STEPS, _STEPS)
    kept = replace(
        made,
        learnt_from=f"decisions of this register: {made.learnt_from}",
        measured=learn.told(before, after),
    )
    return Learnt(kept, len(_held(labelled)), before, after)


def labels(answers: Mapping[Pair, str]) -> dict[UUID, str]:
    """Return who each judged person is: the lowest id of those found to be the same person."""
    unsure = _persons(pair for pair, answer in answers.items() if answer == Answer.UNKNOWN)
    joined = [pair for pair, answer in answers.items() if answer == Answer.SAME]
    found: dict[UUID, str] = {}
    for person in sorted(_persons(answers)):
        if person not in found:
            group = component(person, joined)
            found |= dict.fromkeys(group, str(min(group)))
    return {person: label for person, label in found.items() if person not in unsure}


def _persons(pairs: Iterable[Pair]) -> set[UUID]:
    return {person for pair in pairs for person in pair}


def _held(labelled: Iterable[str]) -> list[str]:
    return [label for label in labelled if label and not learn.taught(label)]


def _check_enough(label_of: Mapping[UUID, str]) -> None:
    held = Counter(_held(label_of.values()))
    taught = Counter(label for label in label_of.values() if learn.taught(label))
    teach, measure = (sum(n * (n - 1) // 2 for n in each.values()) for each in (taught, held))
    if teach < LEAST_TAUGHT or measure < LEAST_MEASURED:
        raise BadInput([
            f"too few decisions: {teach} pairs of one person to learn from and {measure} to "
            f"measure on; {LEAST_TAUGHT} and {LEAST_MEASURED} are needed"
        ])  # fmt: skip
