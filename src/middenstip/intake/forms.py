# SPDX-License-Identifier: EUPL-1.2
"""The steps of the notification form. Labels of facts come from the country pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.intake import basis as grounds
from middenstip.intake import notification as rules
from middenstip.intake.fields import Count, OneLine, OneOf, YesNo
from middenstip.rules.dates import full_years
from middenstip.thread.country import coordinates, pack
from middenstip.web.forms import DateField

NATIONALITIES = 3
FIRST_YEAR = 1900
Answers = Mapping[str, Any]
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a step: heading, fields, and fields that are folded away."""

    title: str
    fields: list[forms.BoundField]
    more: list[forms.BoundField]

    @property
    def open(self) -> bool:
        """Whether a folded field has something to show."""
        return any(bound.value() or bound.errors for bound in self.more)


class StepForm(forms.Form):
    """One step. `earlier` holds the cleaned answers of the steps before it.

    Fields whose value is a fact of the pack are named after it; `facts` returns them.
    """

    facts_asked: ClassVar[tuple[str, ...]] = ()
    # Every field the step can have, by section; which it has depends on the actor.
    sections: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()
    # Fields that few need: folded away until somebody opens them or fills them in.
    folded: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, actor: Actor, earlier: Answers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.earlier = earlier
        self.build()

    def build(self) -> None:
        """Make the fields, for this actor and the answers given so far."""

    def facts(self) -> dict[str, Any]:
        """Return the facts this step tells, without what is not known."""
        return {
            name: value
            for name in self.facts_asked
            if (value := self.cleaned_data.get(name)) not in (None, "", [])
        }

    def grouped(self) -> list["Section"]:
        """Return the sections that have a field for this actor, for the template."""
        found = []
        for title, names in self.sections:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                shown = [bound for bound in fields if bound.name not in self.folded]
                more = [bound for bound in fields if bound.name in self.folded]
                found.append(Section(section_title(title), shown, more))
        return found

    @classmethod
    def names(cls) -> set[str]:
        """Return the name of every field the step can have."""
        return {name for _title, names in cls.sections for name in names}


class WhatForm(StepForm):
    """What was seen, when, by whom, and on which basis it is notified."""

    facts_asked = ("exploitation_forms", "exploited_in_netherlands")
    sections = (
        ("", ("seen_on", "by", "exploitation_forms", "source", "exploited_in_netherlands")),
        ("basis", ("basis", "notified_on")),
    )

    def build(self) -> None:
        """Only who coordinates is asked who saw it: it notes what others told."""
        today = clock.today()
        kind = self.actor.organisation_kind
        self.fields["seen_on"] = DateField(
            label=_("On which day was the indication seen?"), initial=today
        )
        if coordinates(kind):
            notifiers = pack().events[grounds.NOTIFIED].recorded_by
            self.fields["by"] = forms.ChoiceField(
                label=_("Who saw it and notifies?"),
                choices=[("", _("Choose"))]
                + [entry for entry in codes("organisation_kind") if entry[0] in notifiers],
            )
        self.fields["exploitation_forms"] = forms.MultipleChoiceField(
            label=question("exploitation_forms"),
            help_text=_("Tick all you saw a sign of. Nothing certain is needed."),
            choices=codes("exploitation_form"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["source"] = forms.ChoiceField(
            label=_("How was it seen?"),
            choices=[("", _("Choose")), *codes("indication_source")],
            required=False,
        )
        self.fields["exploited_in_netherlands"] = YesNo(
            label=question("exploited_in_netherlands")
        )
        self.fields["basis"] = OneOf(
            answers="wide",
            label=_("On which basis do you notify?"),
            help_text=self._basis_help(kind),
            choices=self._bases(kind),
            initial=grounds.LEGAL_DUTY if kind in grounds.NOTIFY_BY_DUTY else None,
        )
        self.fields["notified_on"] = DateField(
            label=_("Day of the notification"), initial=today, help_text=""
        )

    def clean_seen_on(self) -> date:
        """No day in the future: an indication is noted when it was seen."""
        return _past(self.cleaned_data["seen_on"])

    def clean_notified_on(self) -> date:
        """No day in the future."""
        return _past(self.cleaned_data["notified_on"])

    def clean(self) -> dict[str, Any]:
        """The order of the days, and whether the basis is open to the notifier (NL-PRIV-01)."""
        data = self.cleaned_data
        seen, notified = data.get("seen_on"), data.get("notified_on")
        if seen and notified and seen > notified:
            self.add_error(
                "notified_on", _("This day lies before the day the indication was seen.")
            )
        data["by"] = data.get("by") or self.actor.organisation_kind
        if notified and data.get("basis"):
            problem = grounds.basis_problem(data["by"], data["basis"], notified)
            if problem:
                self.add_error("basis", f"{problem} {cited()}")
        return data

    @staticmethod
    def _bases(kind: str) -> Choices:
        labels = dict(codes("notification_basis"))
        labels[grounds.CONSENT] = _("The person agrees, in writing")
        labels[grounds.ANONYMOUS] = _("Anonymous: nothing about who it is")
        labels[grounds.LEGAL_DUTY] = _("Legal duty")
        first = [grounds.LEGAL_DUTY, grounds.CONSENT, grounds.ANONYMOUS]
        if kind not in grounds.NOTIFY_BY_DUTY:
            first = first[1:] + first[:1]
            labels[grounds.LEGAL_DUTY] = _("Legal duty (only for days before 25 May 2018)")
            if coordinates(kind):
                labels[grounds.LEGAL_DUTY] = _(
                    "Legal duty (police, Marechaussee, labour inspectorate)"
                )
        return [(basis, labels[basis]) for basis in first]

    @staticmethod
    def _basis_help(kind: str) -> str:
        if kind in grounds.NOTIFY_BY_DUTY:
            return _("Your organisation must notify, also when the person does not want it.")
        return _("Without consent you can notify only what does not tell who it is.")


class WhoForm(StepForm):
    """Who it is, as far as known. Nothing is required; anonymous, nothing tells who it is."""

    facts_asked = (
        "birth_date", "age", "is_minor", "sex", "nationalities", "preferred_language",
        "interpreter_needed",
    )  # fmt: skip
    identity_fields: ClassVar[tuple[str, ...]] = ("given_name", "family_name", "alias", "phone")
    sections = (
        ("name", identity_fields),
        ("age", ("birth_date", "age", "is_minor")),
        ("person", ("sex", *(f"nationality_{n}" for n in range(1, NATIONALITIES + 1)))),
        ("language", ("preferred_language", "interpreter_needed")),
    )  # fmt: skip

    folded = tuple(f"nationality_{number}" for number in range(2, NATIONALITIES + 1))

    @property
    def anonymous(self) -> bool:
        """Whether step 1 says that nothing may tell who it is (R-33)."""
        return self.earlier.get("basis") == grounds.ANONYMOUS

    def build(self) -> None:
        """Leave out name, phone and date of birth when the notification is anonymous."""
        if not self.anonymous:
            self.fields["given_name"] = OneLine(label=_("Given name"))
            self.fields["family_name"] = OneLine(label=_("Family name"))
            self.fields["alias"] = OneLine(label=_("Called by another name"))
            self.fields["phone"] = OneLine(label=_("Phone number"))
            self.fields["birth_date"] = DateField(label=label("birth_date"), required=False)
        self.fields["age"] = Count(
            label=_("Age in years"),
            help_text="" if self.anonymous else _("Only when the date of birth is not known"),
            low=0,
            high=rules.OLDEST,
        )
        self.fields["is_minor"] = YesNo(
            label=question("is_minor"), help_text=_("In doubt this person may be a child.")
        )
        self.fields["sex"] = OneOf(
            answers="short", label=label("sex"), choices=codes("sex"), required=False
        )
        countries = nationality_choices()
        names = {1: _("Nationality"), 2: _("Second nationality"), 3: _("Third nationality")}
        for number in range(1, NATIONALITIES + 1):
            self.fields[f"nationality_{number}"] = forms.ChoiceField(
                label=names[number],
                choices=countries,
                required=False,
            )
        self.fields["preferred_language"] = forms.ChoiceField(
            label=label("preferred_language"),
            choices=[("", _("Choose")), *codes("language")],
            required=False,
        )
        self.fields["interpreter_needed"] = YesNo(label=question("interpreter_needed"))

    def clean_birth_date(self) -> date | None:
        """Not in the future, not after the indication, nobody older than 120."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is None:
            return None
        seen = self.earlier.get("seen_on") or clock.today()
        if problem := rules.birth_problem(born, seen):
            raise ValidationError(problem)
        return born

    def clean(self) -> dict[str, Any]:
        """Date of birth, age and "younger than 18" must tell the same; nationalities too."""
        data = self.cleaned_data
        self._check_age(data)
        chosen = [data.get(f"nationality_{n}") for n in range(1, NATIONALITIES + 1)]
        data["nationalities"] = list(dict.fromkeys(code for code in chosen if code))
        if "stateless" in data["nationalities"] and len(data["nationalities"]) > 1:
            self.add_error(
                f"nationality_{chosen.index('stateless') + 1}",
                _("Stateless means: no nationality. Choose one of the two."),
            )
        return data

    def _check_age(self, data: dict[str, Any]) -> None:
        born, age, minor = data.get("birth_date"), data.get("age"), data.get("is_minor")
        if born is not None:
            years = full_years(born, clock.today())
            at_the_time = full_years(born, self.earlier.get("seen_on") or clock.today())
            if age is not None and age not in {years, at_the_time}:
                self.add_error(
                    "age", _("This is not the age that follows from the date of birth.")
                )
            data["age"] = None
            age = years
        if age is not None and minor is not None and minor != (age < 18):
            self.add_error("is_minor", _("This does not fit the age you filled in."))
        elif age is not None:
            data["is_minor"] = None


class NeedsForm(StepForm):
    """What is needed now."""

    facts_asked = ("in_danger", "serious_injury", "children_along", "unaccompanied")
    sections = (
        ("safety", ("in_danger", "bed_needed", "shelter_consent", "consent_how")),
        ("care", ("serious_injury", "children_along", "unaccompanied")),
    )

    def build(self) -> None:
        """Ask for consent to pass data on only where there are data about who it is."""
        self.fields["in_danger"] = YesNo(
            label=question("in_danger"), help_text=_("At acute danger call 112 first.")
        )
        self.fields["bed_needed"] = YesNo(
            label=_("Is a safe bed needed tonight?"),
            required=True,
            error_messages={"required": _("Choose yes, no, or I do not know.")},
        )
        if self.earlier.get("basis") != grounds.ANONYMOUS:
            self.fields["shelter_consent"] = YesNo(
                label=_("Does the person agree that data are passed on for a bed and help?"),
                help_text=_("Needed for a bed, also when you notify by legal duty."),
            )
            self.fields["consent_how"] = forms.ChoiceField(
                label=_("How did the person agree?"),
                choices=[("", _("Choose")), *codes("consent_how")],
                help_text=_("Only when the person agrees."),
                required=False,
            )
        self.fields["serious_injury"] = YesNo(label=question("serious_injury"))
        self.fields["children_along"] = Count(label=question("children_along"), low=0, high=30)
        if not self._surely_adult():
            self.fields["unaccompanied"] = YesNo(
                label=_("Only when younger than 18: is the child without parent or guardian?")
            )

    def clean(self) -> dict[str, Any]:
        """Who says that the person agrees says how: it is never guessed."""
        data = self.cleaned_data
        asked = data.get("bed_needed") and data.get("shelter_consent")
        if asked and "consent_how" not in self.errors and not data.get("consent_how"):
            self.add_error("consent_how", _("Fill this in."))
        return data

    def _surely_adult(self) -> bool:
        """Tell whether the answers so far say 18 or older; unknown is possibly a child."""
        age = self.earlier.get("age")
        born = self.earlier.get("birth_date")
        if born is not None:
            age = full_years(born, clock.today())
        return self.earlier.get("is_minor") is False if age is None else age >= 18


class RightsForm(StepForm):
    """What was told and offered. Empty for who does not do this: the page says who does."""

    sections = (
        ("explained", ("told", "told_on", "told_language", "told_interpreter")),
        ("offered", ("offered", "offered_on")),
    )

    def build(self) -> None:
        """Offer only what this kind of organisation records."""
        kind = self.actor.organisation_kind
        seen = self.earlier.get("seen_on") or clock.today()
        if grounds.may_record(kind, rules.EXPLAINED):
            self.fields["told"] = YesNo(
                label=_("Have you explained the rights?"), unknown=False
            )
            self.fields["told_on"] = DateField(
                label=_("On which day?"), initial=seen, required=False
            )
            self.fields["told_language"] = forms.ChoiceField(
                label=_("In which language?"),
                choices=[("", _("Choose")), *codes("language")],
                initial=self.earlier.get("preferred_language") or "",
                required=False,
            )
            self.fields["told_interpreter"] = YesNo(
                label=_("With an interpreter?"), unknown=False
            )
        if grounds.may_record(kind, rules.OFFERED):
            self.fields["offered"] = YesNo(
                label=_("Have you offered the reflection period?"), unknown=False
            )
            self.fields["offered_on"] = DateField(
                label=_("On which day?"), initial=seen, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Who answers yes says when, and how it was explained."""
        data = self.cleaned_data
        if data.get("told"):
            self._need("told_on", "told_language", "told_interpreter")
        if data.get("offered"):
            self._need("offered_on")
        for name in ("told_on", "offered_on"):
            day = data.get(name)
            if day is None or not data.get(name.removesuffix("_on")):
                continue
            if day > clock.today():
                self.add_error(name, _("This day lies in the future."))
            born = self.earlier.get("birth_date")
            if born is not None and day < born:
                self.add_error(name, _("This day lies before the person was born."))
        return data

    def _need(self, *names: str) -> None:
        for name in names:
            if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
                self.add_error(name, _("Fill this in."))


STEPS: tuple[type[StepForm], ...] = (WhatForm, WhoForm, NeedsForm, RightsForm)
STEP_NAMES = ("what", "who", "needs", "rights", "check")


def step_labels() -> list[str]:
    """Return the names of the five steps, in the language of the page."""
    return [_("What was seen"), _("Who"), _("Needs now"), _("Rights"), _("Check and send")]


def section_title(section: str) -> str:
    """Return the heading of a section of a step; empty for one without heading."""
    return {
        "basis": _("The notification"),
        "safety": _("Safety and a bed"),
        "care": _("Injury and children"),
        "name": _("Name and phone, if known"),
        "age": _("Age"),
        "person": _("Sex and nationality"),
        "language": "",
        "explained": "",
        "offered": _("Reflection period"),
    }.get(section, "")


def codes(list_id: str) -> Choices:
    """Return a code list of the pack as choices, in the language of the page."""
    country = pack()
    return [
        (code, capitalised(country.text(item.label, language())))
        for code, item in country.codes_of(list_id).items()
    ]


def nationality_choices() -> Choices:
    """Return countries by name, after "not known" and "stateless"."""
    known = dict(codes("nationality"))
    first = [(code, known.pop(code)) for code in ("unknown", "stateless")]
    by_name: Sequence[tuple[str, str]] = sorted(known.items(), key=lambda entry: entry[1])
    return [("", _("Choose")), *first, *by_name]


def question(fact: str) -> str:
    """Return the question the pack asks for a fact."""
    declared = pack().facts[fact]
    return pack().text(declared.question or declared.label, language())


def label(fact: str) -> str:
    """Return the name of a fact."""
    return pack().text(pack().facts[fact].label, language())


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "nl")[:2]


def capitalised(text: str) -> str:
    """Return a text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def cited() -> str:
    """Return in one line where the rule on the basis stands."""
    places = "; ".join(f"{source.title}, {source.article}" for source in grounds.sources())
    return _("Source: %(places)s.") % {"places": places}


def _past(day: date) -> date:
    if day > clock.today():
        raise ValidationError(_("This day lies in the future."))
    if day.year < FIRST_YEAR:
        raise ValidationError(_("Check the year: it lies before %(year)s.") % {"year": 1900})
    return day
