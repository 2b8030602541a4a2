# SPDX-License-Identifier: EUPL-1.2
"""Every component on one page, in both languages; only where the setting GALLERY is on.

Designers look at it, and the tests walk it with axe and the keyboard. All data is made up.
"""

import datetime
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.http import require_safe

from middenstip.access.rules import access_rule
from middenstip.web.forms import DateField
from middenstip.web.wheel import STATES, Sector, State

PAGES = ("case", "forms", "parts", "wheels")
NEEDS: tuple[tuple[str, str, str], ...] = (
    ("safety", "Veiligheid", "Safety"),
    ("shelter", "Onderdak", "Shelter"),
    ("health", "Gezondheid", "Health"),
    ("residence", "Verblijf", "Residence"),
    ("legal_help", "Juridische hulp", "Legal help"),
    ("money", "Geld", "Money"),
    ("someone_to_talk_to", "Iemand om mee te praten", "Someone to talk to"),
    ("children_family", "Kinderen en familie", "Children and family"),
    ("work_school", "Werk en school", "Work and school"),
    ("justice", "Recht en strafzaak", "Justice"),
    ("return", "Terugkeer", "Return"),
)
CASE_STATES: dict[str, tuple[State, int]] = {
    "safety": ("arranged", 0),
    "shelter": ("urgent", 1),
    "health": ("open", 1),
    "residence": ("open", 2),
    "legal_help": ("arranged", 0),
    "money": ("open", 1),
    "someone_to_talk_to": ("arranged", 0),
    "children_family": ("unknown", 0),
    "work_school": ("later", 0),
    "justice": ("later", 0),
    "return": ("none", 0),
}


def say(nl: str, en: str) -> str:
    """Return made-up text in the language of the page."""
    return nl if translation.get_language() == "nl" else en


def sectors(states: Mapping[str, tuple[State, int]]) -> list[Sector]:
    """Return the eleven needs with these states, labelled in the language of the page."""
    return [
        Sector(need, say(nl, en), states[need][0], states[need][1]) for need, nl, en in NEEDS
    ]


class ExampleForm(forms.Form):
    """One field of every kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(
            {
                "place": forms.CharField(
                    label=say("Plaats", "Place"),
                    help_text=say("Alleen de gemeente", "Only the municipality"),
                ),
                "day": DateField(label=say("Op welke dag?", "On which day?")),
                "children": forms.IntegerField(
                    label=say("Hoeveel kinderen zijn mee?", "How many children are along?"),
                    required=False,
                ),
                "role": forms.ChoiceField(
                    label=say("Wie meldt dit?", "Who notifies this?"),
                    choices=[("", "–"), ("police", say("Politie", "Police"))],
                ),
                "bed": forms.ChoiceField(
                    label=say("Is er een bed nodig?", "Is a bed needed?"),
                    help_text=say("Vandaag nog", "Still today"),
                    widget=forms.RadioSelect,
                    choices=[
                        ("yes", say("Ja", "Yes")),
                        ("no", say("Nee", "No")),
                        ("unknown", say("Weet ik niet", "I do not know")),
                    ],
                ),
                "forms": forms.MultipleChoiceField(
                    label=say("Waarmee is er hulp?", "With what is there help?"),
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    choices=[(need, say(nl, en)) for need, nl, en in NEEDS[:3]],
                ),
                "agreed": forms.BooleanField(
                    label=say("De persoon weet hiervan", "The person knows about this"),
                ),
                "story": forms.CharField(
                    label=say("Wat is er gebeurd?", "What happened?"),
                    widget=forms.Textarea(attrs={"rows": 4}),
                    required=False,
                ),
            }
        )


def duties() -> list[dict[str, Any]]:
    """Return the made-up duties of the example case."""
    return [
        {
            "left": -1,
            "unit": "night",
            "what": say("Van het noodbed naar de opvang", "From the emergency bed to shelter"),
            "href": "#",
            "due": datetime.date(2014, 7, 4),
            "how": say("3 nachten vanaf 1 juli 2014", "3 nights from 1 July 2014"),
            "owner": say("Coördinatiepunt", "Coordination point"),
            "mine": True,
            "standing": say("afspraak, geen wet", "agreement, not law"),
        },
        {
            "left": 0,
            "what": say("Het slachtoffer aanmelden", "Notify the victim"),
            "due": datetime.date(2014, 7, 5),
            "how": say("1 dag vanaf 4 juli 2014", "1 day from 4 July 2014"),
            "owner": say("Politie", "Police"),
            "standing": say("huisregel", "house rule"),
        },
        {
            "left": 10,
            "what": say("Leefgeld aanvragen", "Apply for the living allowance"),
            "href": "#",
            "due": datetime.date(2014, 7, 15),
            "how": say("2 weken vanaf 1 juli 2014", "2 weeks from 1 July 2014"),
            "source": "Rvb, artikel 9",
            "source_url": "#",
            "owner": say("Zorgcoördinator", "Care coordinator"),
        },
        {
            "left": 88,
            "what": say("De bedenktijd loopt af", "The reflection period ends"),
            "due": datetime.date(2014, 10, 1),
            "how": say("3 maanden vanaf 1 juli 2014", "3 months from 1 July 2014"),
            "source": "Vc B8/3",
            "source_url": "#",
            "owner": say("Politie", "Police"),
        },
        {
            "left": None,
            "what": say("Zijn er kinderen mee?", "Are there children along?"),
            "href": "#",
            "how": say("Beslist over twee rechten", "Decides two rights"),
            "owner": say("Coördinatiepunt", "Coordination point"),
            "mine": True,
        },
    ]


def events() -> list[dict[str, Any]]:
    """Return the made-up thread of the example case."""
    police = say("Politie", "Police")
    point = say("Coördinatiepunt", "Coordination point")
    rows = (
        (4, "deviation", point, "Derde nacht in het noodbed voorbij", "Third night has ended"),
        (2, "corrected", police, "Bedenktijd aangeboden", "Reflection period offered"),
        (1, "", police, "Noodbed voor hoogstens drie nachten", "Emergency bed, three nights"),
        (1, "", police, "Rechten uitgelegd, in het Engels", "Rights explained, in English"),
        (1, "", police, "Eerste aanwijzing van mensenhandel", "First indication"),
    )
    return [
        {
            "id": f"voorbeeld-{place}",
            "on": datetime.date(2014, 7, day),
            "what": say(nl, en),
            "detail": say("Fictief voorbeeld", "Fictional example"),
            "by": by,
            "state": state,
        }
        for place, (day, state, by, nl, en) in enumerate(rows)
    ]


def context(page: str) -> dict[str, Any]:
    """Return everything the pages of the gallery show, in the language now active."""
    late: dict[str, tuple[State, int]] = {need: ("urgent", 12) for need, _nl, _en in NEEDS}
    mixed = {
        need: (STATES[place % len(STATES)], place + 1)
        for place, (need, _, _) in enumerate(NEEDS)
    }
    return {
        "page_name": page,
        "pages": PAGES,
        "actor": SimpleNamespace(
            organisation_name=say("Coördinatiepunt", "Coordination point")
        ),
        "user": SimpleNamespace(display_name="A. Voorbeeld", is_authenticated=True),
        "who": "Wilg-Zes-Kade",
        "facts": [
            say("24 jaar, vrouw", "24 years, woman"),
            say("Engels, tolk", "English, interpreter"),
        ],
        "alerts": [
            say("niet bellen, anderen zien de telefoon", "do not call, others see the phone")
        ],
        "record_url": "#",
        "duties": duties(),
        "more_count": 2,
        "more_href": "#",
        "events": events(),
        "sectors": sectors(CASE_STATES),
        "wheels": [("mixed", sectors(mixed)), ("late", sectors(late))],
        "form": ExampleForm(),
        "bad_form": ExampleForm(
            {"bad-place": "", "bad-day": "31-02-2014", "bad-children": "veel"}, prefix="bad"
        ),
        "steps": [
            say("Wie", "Who"),
            say("Wat", "What"),
            say("Bed", "Bed"),
            say("Klaar", "Ready"),
        ],
        "saved_at": datetime.datetime(2014, 7, 5, 21, 4, tzinfo=datetime.UTC),
        "page": Paginator(list(range(95)), 20).page(2),
        "tabs": [
            {
                "label": say("Te laat", "Overdue"),
                "href": "#",
                "current": True,
                "count": 3,
                "urgent": True,
            },
            {"label": say("Vandaag", "Today"), "href": "#", "count": 5},
            {"label": say("Deze week", "This week"), "href": "#", "count": 0},
        ],
        "because": [
            say(
                "Er is een aanwijzing van mensenhandel.",
                "There is an indication of trafficking.",
            ),
            say("Zij heeft geen verblijfsrecht.", "She has no lawful stay."),
        ],
        "missing": [say("leeftijd", "age")],
        "sources": [
            {
                "title": "Vreemdelingenbesluit 2000",
                "article": "artikel 8.3",
                "url": "#",
                "checked_on": datetime.date(2026, 7, 17),
            }
        ],
        "version": "nl 2026.1",
    }


@access_rule("public")
@require_safe
def show(request: HttpRequest, language: str, page: str) -> HttpResponse:
    """Show one page of the gallery in one language; 404 for another page."""
    if page not in PAGES or language not in ("nl", "en"):
        raise Http404
    with translation.override(language):
        if page == "parts":
            messages.success(request, say("Opgeslagen.", "Saved."))
        return render(request, f"web/gallery/{page}.html", context(page))


urlpatterns = [
    path("<str:language>/<str:page>/", show, name="gallery"),
]
