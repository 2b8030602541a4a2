# SPDX-License-Identifier: EUPL-1.2
"""What a pack says about one person: needs, facts, and the events that change facts."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from middenstip.pack.conditions import Condition, Item, Operand, Scalar
from middenstip.pack.parts import Formula, SourceRef, Text

FactType = Literal["date", "integer", "yes_no", "code", "codes", "countries", "money"]
FieldType = Literal["date", "integer", "yes_no", "code", "codes", "text", "money", "country"]


class Need(Item):
    """A sector of the wheel, in the order of ``order``."""

    label: Text
    order: int
    description: Text | None = None


class Fact(Item):
    """Something that can be known about a person.

    ``askable``: a human can be asked it; ``compute`` derives it; ``prefer`` says which wins
    when both a computed and a given (or event-set) value exist. ``judgement_of``: only a human
    of that organisation kind can decide it. ``default`` holds when nothing else is known.
    ``identifying``: it says who somebody is; kept encrypted, and in no figure and no message.
    ``question`` is put to who helps, ``ask_you`` to the person; ``why`` tells why it is asked.
    ``ask_first``: the guide asks it before what settles most, 1 first.
    """

    type: FactType
    label: Text
    category: str
    code_list: str | None = None
    question: Text | None = None
    ask_you: Text | None = None
    why: Text | None = None
    hint: Text | None = None
    askable: bool = True
    default: Scalar | None = None
    compute: Formula | None = None
    prefer: Literal["computed", "given"] = "computed"
    judgement_of: str | None = None
    ask_first: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    identifying: bool = False
    note: Text | None = None

    @property
    def anybody_may_answer(self) -> bool:
        """Whether it can be asked, and is not for one kind of organisation to judge."""
        return self.askable and self.judgement_of is None


class Effect(Item):
    """What an event does to a fact. Exactly one of ``to``, ``add``, ``clear``.

    Effects of one event happen one after the other: ``when`` is judged on the fields of the
    event and the facts as the effects before this one left them; ``since`` delays the effect
    to a later day; ``if_unknown`` leaves a known value alone.
    """

    fact: str
    to: Scalar | Operand | None = None
    add: Operand | None = None
    clear: Literal[True] | None = None
    when: Condition | None = None
    since: Operand | None = None
    if_unknown: bool = False

    @model_validator(mode="after")
    def _one_change(self) -> Effect:
        if sum(x is not None for x in (self.to, self.add, self.clear)) != 1:
            raise ValueError("an effect has exactly one of: to, add, clear")
        return self


class EventField(Item):
    """A field of an event type beside its day. ``required`` holds where people record it.

    ``identifying`` as with a fact.
    """

    type: FieldType
    label: Text
    code_list: str | None = None
    required: bool = False
    identifying: bool = False
    minimum: float | None = None
    maximum: float | None = None
    hint: Text | None = None

    @property
    def encrypted(self) -> bool:
        """Whether its value is kept encrypted: free text, and what says who somebody is."""
        return self.identifying or self.type == "text"


class EventType(Item):
    """Something that can happen to a person, who may record it, and which facts it sets."""

    label: Text
    category: str
    need: str | None = None
    order: int = 0
    recorded_by: tuple[str, ...]
    offered_when: Condition | None = None
    fields: dict[str, EventField] = {}
    sets: tuple[Effect, ...] = ()
    hint: Text | None = None
    sources: tuple[SourceRef, ...] = ()
