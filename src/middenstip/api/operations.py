# SPDX-License-Identifier: EUPL-1.2
"""The operations of the API. Each states its rule, and calls one selector or service.

Nothing here decides what may be seen or done: `acting_for` says who asks, the doors say what
they get. The names of the functions are the names of the operations.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Body, Header, Query, Router
from ninja.responses import Status

from middenstip import clock
from middenstip.access.rules import access_rule
from middenstip.access.selectors import acting_for
from middenstip.api import answers, schemas
from middenstip.linkage.candidates import candidates
from middenstip.rules.assess import assess as assess_thread
from middenstip.rules.input import BadInput, Reader
from middenstip.thread import finding, selectors, services, worklists
from middenstip.thread.checks import clean_identity
from middenstip.thread.country import pack
from middenstip.thread.records import NewIdentity
from middenstip.thread.values import clean_fields, clean_text

router = Router()
CANDIDATE_FACTS = ("birth_date", "sex", "nationalities")
PageNumber = Annotated[int, Query(ge=1, le=answers.MOST_PAGES)]
PageSize = Annotated[int, Query(ge=1, le=100)]
OnDay = Annotated[schemas.Day | None, Query(description="The day asked; today when absent.")]
KnownOn = Annotated[
    schemas.Day | None,
    Query(description="Leave out what was recorded after this day; then also the day asked."),
]
Seen = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern='^"[0-9]{1,9}"$',
        description="The ETag of the case as it was seen.",
        examples=['"3"'],
    ),
]
OfOrganisation = Annotated[
    UUID | None,
    Query(description="Another organisation's list; only for the coordination point."),
]


@router.get("/me", response=schemas.Me, tags=["session"])
@access_rule("member")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who acts in this session, for which organisation and purpose."""
    actor = acting_for(request)
    return {
        "user": actor.user_id,
        "organisation": {
            "id": actor.organisation_id,
            "kind": actor.organisation_kind,
            "name": actor.organisation_name,
        },
        "purpose": actor.purpose,
        "language": actor.language,
        "administrator": actor.is_administrator,
        "csrf_token": get_token(request),
    }


@router.get("/cases", response=schemas.Page[schemas.FoundCase], tags=["cases"])
@access_rule("member")
def list_cases(
    request: HttpRequest, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, Any]:
    """The cases this actor sees, the newest first."""
    return _found(request, "", page, page_size)


@router.post("/cases/_search", response=schemas.Page[schemas.FoundCase], tags=["cases"])
@access_rule("member")
def search_cases(
    request: HttpRequest,
    payload: Annotated[schemas.Words, Body()],
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, Any]:
    """The cases found by these words. Send the body again for each page."""
    words = clean_text(payload.words, longest=schemas.LONGEST_WORDS, lines=False)
    return _found(request, words, page, page_size)


def _found(request: HttpRequest, words: str, page: int, length: int) -> dict[str, Any]:
    listed = finding.find_cases(
        actor=acting_for(request), words=words, page=page, length=length
    )
    return answers.paged(
        request, listed.items, listed.total, page=page, length=length, more=listed.more
    )


@router.post("/candidates", response=schemas.Page[schemas.Candidate], tags=["cases"])
@access_rule("member")
def find_candidates(
    request: HttpRequest, payload: Annotated[schemas.Stated, Body()]
) -> dict[str, Any]:
    """The earlier files that may be of this person, the likeliest first. Nothing is stored.

    Before notifying: only files of which this actor may know who it is, each with reasons.
    """
    given = payload.model_dump()
    facts = {name: given.pop(name) for name in CANDIDATE_FACTS}
    declared = {name: pack().facts[name] for name in CANDIDATE_FACTS}
    names = clean_identity(NewIdentity(**given))
    found = candidates(
        actor=acting_for(request),
        identity=NewIdentity(**names) if names else None,
        facts=clean_fields(declared, facts),
    )
    return answers.whole([answers.candidate(each) for each in found])


@router.get("/cases/{uuid:case_id}", response=schemas.Case, tags=["cases"])
@access_rule("member")
def get_case(request: HttpRequest, response: HttpResponse, case_id: UUID) -> Any:
    """One case. The header ETag holds its version."""
    case = selectors.case_for(actor=acting_for(request), case_id=case_id)
    response["ETag"] = f'"{case.version}"'
    return case


@router.get(
    "/cases/{uuid:case_id}/events", response=schemas.Page[schemas.Event], tags=["cases"]
)
@access_rule("member")
def list_events(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """The thread of a case, in the order in which it was recorded; always whole."""
    return answers.whole(selectors.thread_of(actor=acting_for(request), case_id=case_id))


@router.post("/cases/{uuid:case_id}/events", response={201: schemas.Recorded}, tags=["cases"])
@access_rule("member")
def record_event(
    request: HttpRequest,
    response: HttpResponse,
    case_id: UUID,
    payload: Annotated[schemas.NewEvent, Body()],
    if_match: Seen,
) -> Any:
    """Record what happened. 412 when somebody recorded since, 409 when the law refuses it."""
    recorded = services.record_event(
        actor=acting_for(request),
        case_id=case_id,
        type=payload.type,
        on=payload.on,
        fields=payload.fields,
        seen_version=int(if_match.strip('"')),
    )
    response["ETag"] = f'"{recorded.version}"'
    return Status(201, recorded)


@router.get("/cases/{uuid:case_id}/assessment", response=schemas.Assessment, tags=["cases"])
@access_rule("member")
def assess_case(
    request: HttpRequest, case_id: UUID, on: OnDay = None, known_on: KnownOn = None
) -> dict[str, Any]:
    """What applies on a day, why, who must do what by when, and what deviates."""
    actor = acting_for(request)
    found = selectors.assessment_of(actor=actor, case_id=case_id, on=on, known_on=known_on)
    return answers.assessment(found, actor.language)


@router.get(
    "/cases/{uuid:case_id}/duties", response=schemas.Page[schemas.DutyResult], tags=["cases"]
)
@access_rule("member")
def list_duties(request: HttpRequest, case_id: UUID, on: OnDay = None) -> dict[str, Any]:
    """The duties of a case: overdue, open by due day, then those that ended; always whole."""
    actor = acting_for(request)
    found = selectors.assessment_of(actor=actor, case_id=case_id, on=on)
    return answers.whole(answers.assessment(found, actor.language)["duties"])


@router.get("/worklist/{section}", response=schemas.Page[schemas.Duty], tags=["worklist"])
@access_rule("member")
def list_worklist(
    request: HttpRequest,
    section: worklists.Section,
    page: PageNumber = 1,
    page_size: PageSize = 50,
    organisation: OfOrganisation = None,
) -> dict[str, Any]:
    """One section of the worklist of the organisation one acts for."""
    listed = worklists.duty_page(
        actor=acting_for(request),
        section=section,
        page=page,
        length=page_size,
        organisation_id=organisation,
    )
    return answers.paged(
        request, listed.items, listed.total, page=page, length=page_size, more=listed.more
    )


@router.post("/assess", response=schemas.Assessment, tags=["rules"])
@access_rule("member")
def assess(
    request: HttpRequest, payload: Annotated[schemas.Story, Body()], on: OnDay = None
) -> dict[str, Any]:
    """What would follow from facts and events that are sent along. Nothing is stored."""
    day: date = on or clock.today()
    reader = Reader(pack(), day)
    facts, events = reader.document(payload.model_dump())
    if reader.problems:
        raise BadInput(reader.problems)
    language = acting_for(request).language
    found = assess_thread(pack(), facts=facts, events=events, on=day, lang=language)
    return answers.assessment(found, language)


@router.get("/pack/purposes", response=schemas.Page[schemas.Purpose], tags=["pack"])
@access_rule("member")
def list_purposes(request: HttpRequest) -> dict[str, Any]:
    """Who may see which categories of data, and why."""
    country, language = pack(), acting_for(request).language
    return answers.whole(
        [
            {
                "id": purpose_id,
                "label": country.text(purpose.label, language),
                "organisation_kinds": purpose.organisation_kinds,
                "categories": purpose.categories,
                "basis": purpose.basis,
            }
            for purpose_id, purpose in country.purposes.items()
        ]
    )


@router.get("/pack/schemes", response=schemas.Page[schemas.SchemeOfPack], tags=["pack"])
@access_rule("member")
def list_schemes(request: HttpRequest, on: OnDay = None) -> dict[str, Any]:
    """The schemes in force on a day, with their sources."""
    country, language = pack(), acting_for(request).language
    return answers.whole(
        [
            {
                "id": scheme_id,
                "label": country.text(country.schemes[scheme_id].label, language),
                "need": country.schemes[scheme_id].need,
                "also_needs": country.schemes[scheme_id].also_needs,
                "decides": country.schemes[scheme_id].decides,
                "gives": country.text(version.gives, language),
                "valid_from": version.valid_from,
                "valid_to": version.valid_to,
                "sources": [country.cite(source) for source in version.sources],
            }
            for scheme_id, version in country.schemes_on(on or clock.today()).items()
        ]
    )
