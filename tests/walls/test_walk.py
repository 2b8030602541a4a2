# SPDX-License-Identifier: EUPL-1.2
"""Every address and every command, with the ids of a real case of somebody else.

What one may not see gets the same answer as what does not exist: status, headers, body, and the
number of questions to the database. Nothing changes by asking.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from middenstip import cli
from middenstip.access.invitations import invite
from middenstip.access.models import Invitation, Membership
from middenstip.blindcheck.models import CallBack
from middenstip.database import APP_ROLE
from middenstip.intake.models import Draft
from middenstip.thread.models import (
    AccessNotice,
    Case,
    Consent,
    Event,
    Involvement,
    Notice,
    Override,
)
from tests.thread.chain import member
from tests.walls.register import Register, filled, second_person
from tests.walls.test_database import client_of
from tests.walls.test_urls import ADDRESSES, PUBLIC

pytestmark = pytest.mark.django_db

Method = Literal["get", "post"]
PUBLIC_LAW = "the law and the words of the country, the same for everybody"
OWN_ACCOUNT = "about the account that is logged in"
NO_CASE = "takes no id; what it lists is compared in test_worlds and test_matrix"
# What an address holds that could be another's, or why nothing in it can be.
EXPECTED: dict[str, str] = {
    "api:assess": "assesses facts that were sent, of nobody in the register",
    "api:find_candidates": NO_CASE,
    "api:list_cases": NO_CASE,
    "api:list_purposes": PUBLIC_LAW,
    "api:list_schemes": PUBLIC_LAW,
    "api:list_worklist": NO_CASE,
    "api:me": OWN_ACCOUNT,
    "api:openapi": "describes the API",
    "api:search_cases": NO_CASE,
    "desk:break_glass": "takes a pseudonym; `tests/thread/test_break_glass.py`",
    "desk:cases": NO_CASE,
    "desk:desk": NO_CASE,
    "desk:deviations": NO_CASE,
    "desk:organisations": NO_CASE,
    "desk:reviews": NO_CASE,
    "desk:section": NO_CASE,
    "desk:removals": NO_CASE,
    "intake:start": NO_CASE,
    "linkage:undecided": NO_CASE,
    "linkage:quality": "counts decisions, without a case or a name",
    "blindcheck:start": NO_CASE,
    "healthz": "tells that the program lives",
    "security_txt": "tells where a weak spot can be told",
    "access:choose_language": OWN_ACCOUNT,
    "access:choose_purpose": OWN_ACCOUNT,
    "access:invitation": "a token of a mail, not an id; `tests/access`",
    "access:open_invitation": "a token of a mail, not an id; `tests/access`",
    "access:oidc_start": "the name of a provider",
    "access:oidc_callback": "the name of a provider",
    "access:organisations": "for administrators; 403 to everybody else",
    "access:people": OWN_ACCOUNT,
    "access:session": OWN_ACCOUNT,
    "access:session_back": OWN_ACCOUNT,
    "access:session_keep": OWN_ACCOUNT,
    # Only the addresses of the guide that are public: any other takes an id and is walked.
    **{name: PUBLIC_LAW for name in PUBLIC if name.startswith("guide:")},
}
LIBRARY = re.compile(r"^(account|mfa|socialaccount)_|^law:")
# The posts that carry an id in their form: name of the field, and which id.
FORMS = {
    "desk:read_notices": ("notice", "notice_id"),
    "desk:read_sharing": ("notice", "access_notice_id"),
    "access:choose_organisation": ("organisation", "organisation_id"),
    "linkage:undo": ("verdict", "verdict_id"),
}
PIECE = re.compile(r"<(?:\w+:)?(\w+)>")
SLUGS = {
    "fact": "birth_date", "event_type": "rights_explained", "purpose": "help", "step": "1",
    "section": "overdue", "name": "overdue",
}  # fmt: skip
BY_CHANCE = {"Content-Length", "Expires", "Date", "Last-Modified"}
EVENT = b'{"type": "rights_explained", "on": "2026-01-05", "fields": {}}'


def with_ids() -> list[tuple[str, str]]:
    """Every address that takes an id, in its path or in its form."""
    return [
        (name, route)
        for route, name, _ in ADDRESSES
        if name in FORMS
        or (
            any(piece.endswith("_id") for piece in PIECE.findall(route))
            and name not in EXPECTED
            and not LIBRARY.match(name)
        )
    ]


ROUTES = with_ids()
OF_A_CASE = [(name, route) for name, route in ROUTES if "case_id" in route]


def test_every_address_is_walked_or_tells_why_not() -> None:
    walked = {name for name, _ in ROUTES}
    every = {name for _, name, entry in ADDRESSES if name and not LIBRARY.match(name)}
    missing = {
        name for name in every - walked - set(EXPECTED) if not name.startswith("api:api-root")
    }
    assert missing == set(), "say in EXPECTED what it holds, or let it take an id"
    assert len(OF_A_CASE) >= 18


def ids_of(register: Register) -> dict[str, Any]:
    invited = Invitation.objects.filter(accepted_at=None).first()
    assert invited is not None
    return {
        "case_id": register.case_id,
        "other_id": register.twin_id,
        "verdict_id": register.verdict_id,
        "event_id": register.event_id,
        "consent_id": register.consent_id,
        "override_id": register.override_id,
        "draft_id": register.draft_id,
        "organisation_id": register.ngo.organisation_id,
        "membership_id": Membership.objects.get(user_id=register.ngo.user_id).pk,
        "invitation_id": invited.pk,
        "notice_id": register.notice_id,
        "access_notice_id": AccessNotice.objects.filter(
            organisation_id=register.ngo.organisation_id).values_list("pk")[0][0],
        "proposal_id": _proposal(),
        "question_id": register.question_id,
        "call_id": register.call_id,
    }  # fmt: skip


def _proposal() -> UUID:
    from middenstip.thread.models import RemovalProposal

    return RemovalProposal.objects.values_list("pk", flat=True)[0]


def made_up(real: dict[str, Any]) -> dict[str, Any]:
    """Ids of the same form that nothing has."""
    return {
        name: uuid4() if isinstance(value, UUID) else 987654321 for name, value in real.items()
    }


def path_of(route: str, ids: dict[str, Any]) -> str:
    return "/" + PIECE.sub(
        lambda found: str(ids.get(found[1], SLUGS.get(found[1], "x"))), route
    )


def asked(client: Client, method: Method, name: str, route: str, ids: dict[str, Any]) -> Any:
    path = path_of(route, ids)
    if method == "get":
        return client.get(path)
    if name.startswith("api:"):
        return client.post(path, EVENT, content_type="application/json")
    field, key = FORMS.get(name, ("", ""))
    return client.post(path, {field: str(ids[key])} if field else {})


def plain(answer: Any, ids: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """An answer without what differs by chance: the ids asked, tokens, and the moment."""
    body = answer.content.decode(errors="replace")
    headers = {key: text for key, text in answer.headers.items() if key not in BY_CHANCE}
    for name, value in ids.items():
        if isinstance(value, UUID):
            body = body.replace(str(value), name)
            headers = {key: text.replace(str(value), name) for key, text in headers.items()}
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
    body = re.sub(r'data-seconds="\d+"|"csrf_token": ?"[^"]*"', "", body)
    return answer.status_code, headers, body


@pytest.fixture
def register(db: None) -> Register:
    translation.activate("en")
    made = filled()
    boss = second_person(made.ngo)
    invite(
        actor=boss, organisation_id=made.ngo.organisation_id, role="member",
        email="nieuw@voorbeeld.example", link=lambda token: f"https://x.example/{token}",
    )  # fmt: skip
    return made


OUTSIDE = ("not involved", "a purpose it was not given", "consent withdrawn")


def outsiders(register: Register) -> Iterator[tuple[str, Client]]:
    yield "a stranger", Client()
    everybody = register.outsiders()
    for why in OUTSIDE:
        yield why, client_of(everybody[why])
    yield "a colleague of the writer", client_of(second_person(register.chain.police))


OF_THE_POINT = {"desk:review", "desk:removal", "blindcheck:call"}


def walk(register: Register) -> Iterator[tuple[str, str, Client, Method, str]]:
    """Who asks, and with which method which address, where they may see nothing."""
    for why, client in outsiders(register):
        for name, route in ROUTES:
            # The coordination point looks back and calls back, whatever its purpose.
            if why == "a purpose it was not given" and name in OF_THE_POINT:
                continue
            if why == "a colleague of the writer" and "draft_id" not in route:
                continue
            for method in ("post",) if name in FORMS else ("get", "post"):
                yield why, name, client, method, route  # type: ignore[misc]


def counted(
    client: Client, method: Method, name: str, route: str, ids: dict[str, Any]
) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = asked(client, method, name, route, ids)
    return answer, len(queries)


@pytest.mark.parametrize("role", [APP_ROLE, ""], ids=["both", "program alone"])
def test_not_allowed_is_answered_as_not_there_everywhere(
    register: Register, settings: Any, role: str
) -> None:
    """Also to who counts: an answer that takes more questions takes more time. And also where
    the row security of the database is left out: it may not be alone in hiding a case.
    """
    settings.ACTING_ROLE = role
    real = ids_of(register)
    fake = made_up(real)
    before = _state()
    wrong: list[tuple[Any, ...]] = []
    for why, name, client, method, route in walk(register):
        first, number = counted(client, method, name, route, real)
        second, as_many = counted(client, method, name, route, fake)
        if number != as_many:  # something may be read once for a session
            number = counted(client, method, name, route, real)[1]
            as_many = counted(client, method, name, route, fake)[1]
        if plain(first, real) != plain(second, fake) or number != as_many:
            wrong.append((why, name, method, first.status_code, second.status_code,
                          number, as_many))  # fmt: skip
        elif first.status_code < 400 and why != "a stranger" and name not in FORMS:
            wrong.append((why, name, method, first.status_code, "shown"))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state() == before


def _state() -> tuple[Any, ...]:
    """What asking must not change."""
    return (
        Event.objects.count(), Consent.objects.count(), Draft.objects.count(),
        sorted(Involvement.objects.values_list("pk", "until")),
        sorted(Override.objects.values_list("pk", "outcome")),
        sorted(Case.objects.values_list("pk", "version")),
        sorted(Membership.objects.filter(organisation__kind="ngo").values_list(
            "pk", "role", "is_active")),
        sorted(Invitation.objects.values_list("pk", "withdrawn_at")),
        sorted(Notice.objects.values_list("pk", "read_at")),
        sorted(AccessNotice.objects.values_list("pk", "read_at")),
        sorted(CallBack.objects.values_list("pk", "done_at")),
    )  # fmt: skip


def test_ids_of_a_seen_case_do_not_open_what_is_hidden_in_it(register: Register) -> None:
    """A member of the case, with the id of an event or consent of it that it may not know."""
    real = ids_of(register)
    hidden = Event.objects.filter(case_id=register.case_id, category="justice")[0].pk
    others = Consent.objects.exclude(recipient_id=register.ngo.organisation_id)[0].pk
    client = client_of(register.ngo)
    assert client.get(f"/cases/{register.case_id}/").status_code == 200
    before = _state()
    for name, route in OF_A_CASE:
        for piece, value in (("event_id", hidden), ("consent_id", others)):
            if piece not in route:
                continue
            for method in ("get", "post"):
                ids, fake = {**real, piece: value}, {**real, piece: uuid4()}
                first = asked(client, method, name, route, ids)
                second = asked(client, method, name, route, fake)
                assert plain(first, ids) == plain(second, fake), (name, method)
    assert _state() == before


def test_who_may_see_it_gets_it_at_every_address(register: Register) -> None:
    real = ids_of(register)
    clients = [client_of(register.chain.police), client_of(register.chain.coordination_point)]
    unseen = []
    # Last what parts the two files: until then they have a page together.
    for name, route in sorted(OF_A_CASE, key=lambda each: each[0] == "linkage:undo"):
        real["event_id"] = Event.objects.filter(
            case_id=register.case_id, type="reflection_period_offered")[0].pk  # fmt: skip
        answers = [asked(each, "get", name, route, real).status_code for each in clients]
        if not {200} & set(answers):
            posts = [asked(each, "post", name, route, real).status_code for each in clients]
            if not any(status < 400 or status == 422 for status in posts):
                unseen.append((name, answers, posts))
    assert unseen == []


# --- Commands ------------------------------------------------------------------------------

OPERATOR = "by who runs the system, with its keys; shows ids and counts, no data of a person"
COMMANDS: dict[str, str] = {
    "assess": "assesses facts that were typed, of nobody in the register",
    "pack": PUBLIC_LAW,
    "demo": "made-up people",
    "import": "takes an actor: see below",
    "thread": OPERATOR,
    "access": OPERATOR,
    "serve": OPERATOR,
    "worker": OPERATOR,
    "audit": OPERATOR,
    "blindcheck": OPERATOR,
    "vault": OPERATOR,
    "api": "describes the API",
    "db": OPERATOR,
    "guide": PUBLIC_LAW,
    "linkage": "acts as a named member behind the wall; shows ids and counts, names nobody",
    "tokens": OPERATOR,
    "match": "compares records in files that were given; opens no database",
    "messages": "translations",
    "manage": OPERATOR,
}


def test_every_command_tells_whose_data_it_shows() -> None:
    assert set(cli.COMMANDS) == set(COMMANDS)
    roles = {name: command.role for name, command in cli.COMMANDS.items()}
    assert {roles[name] for name in ("assess", "pack", "guide", "match")} == {"none"}


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command here, on the database of the test; status, and all that it says."""
    monkeypatch.setattr(cli, "_set_up_django", lambda role: None)

    def command(*arguments: str) -> tuple[int, str]:
        status = cli.run([*arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return command


def test_no_command_shows_who_somebody_is(register: Register, run: Run) -> None:
    for arguments in (
        ("thread", "rebuild", "--check"),
        ("thread", "rebuild", "--check", "--case", str(register.case_id)),
        ("audit", "verify"),
        ("audit", "verify", "--case", str(register.case_id)),
        ("audit", "count"),
        ("vault", "status"),
        ("access", "list"),
    ):
        _, said = run(*arguments)
        shown = [
            word for word in (*register.words.values(), register.pseudonym) if word in said
        ]
        assert shown == [], arguments


def test_a_command_says_of_an_unknown_case_only_that_it_is_not_there(
    register: Register, run: Run
) -> None:
    for arguments in (("thread", "rebuild", "--check"), ("audit", "verify")):
        status, said = run(*arguments, "--case", str(uuid4()))
        assert status == 2, said
        assert len(said.strip().splitlines()) == 1


def test_an_import_asks_who_does_it(register: Register, run: Run, tmp_path: Any) -> None:
    file = tmp_path / "rijen.csv"
    file.write_text("a,b\n1,2\n")
    point = register.chain.coordination_point
    own, other = str(point.organisation_id), str(register.ngo.organisation_id)
    account = f"{own}@voorbeeld.example"
    cases = Case.objects.count()
    said = set()
    for organisation, who in [
        (own, "niemand@voorbeeld.example"),  # no such account
        (str(uuid4()), account),  # no such organisation
        (other, account),  # an organisation of somebody else
        (own, f"{other}@voorbeeld.example"),  # somebody of another organisation
    ]:
        status, text = run(
            "import", str(file), "--organisation", organisation, "--account", who
        )
        assert status == 2, text
        assert len(text.strip().splitlines()) == 1, text
        said.add(text)
    assert Case.objects.count() == cases
    member("ngo", "Nog een")  # unrelated: the register still takes new organisations
