# SPDX-License-Identifier: EUPL-1.2
"""Whatever is changed behind the program's back is found and named."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from middenstip import clock
from middenstip.audit.canonical import Entry, canonical, entry_hash
from middenstip.audit.daily import anchor_yesterday
from middenstip.audit.models import Anchor, ReadEntry
from middenstip.audit.verify import Break, Scope, kept_elsewhere, verify
from tests.audit.log import DAY, close, entry, tamper, write

pytestmark = pytest.mark.django_db
CASE = UUID("22222222-2222-4222-8222-222222222222")
LATER = DAY + timedelta(days=1)


@pytest.fixture
def chains() -> tuple[UUID, UUID]:
    """Two cases looked at on two days, and a list; the first day has its anchor."""
    other = uuid4()
    write(CASE, number=3)
    write(other, number=2)
    write(uuid4(), cases=[CASE, other])
    close(DAY)
    write(CASE, LATER, number=2)
    write(other, LATER)
    return CASE, other


def breaks(scope: Scope = Scope()) -> list[Break]:  # noqa: B008 - frozen
    return list(verify(scope))


def in_chains(found: list[Break]) -> list[tuple[str, UUID | None, int | None]]:
    return [(item.what, item.chain, item.seq) for item in found if item.chain]


def test_an_untouched_log_is_intact(chains: tuple[UUID, UUID]) -> None:
    assert breaks() == []
    close(LATER)
    assert breaks() == []
    for scope in (Scope(chain=CASE), Scope(since=LATER), Scope(until=DAY)):
        assert breaks(scope) == []


def test_an_empty_log_is_intact() -> None:
    assert breaks() == []
    close(DAY)
    close(LATER)
    assert breaks() == []


@pytest.mark.parametrize(
    "change",
    [
        "id = id + 1000",
        "cases = ARRAY[gen_random_uuid()]",
        "user_id = gen_random_uuid()",
        "organisation_id = gen_random_uuid()",
        "purpose = 'other'",
        "categories = '{}'",
        "categories = ARRAY['care,residence']",
        "operation = 'other'",
        "kind = 'export'",
        "trace = gen_random_uuid()",
        "failed = NOT failed",
        "started_at = started_at - interval '1 microsecond'",
        "at = at + interval '1 microsecond'",
        "previous = sha256('other')",
        "hash = sha256('other')",
    ],
)
def test_a_changed_field_is_found(chains: tuple[UUID, UUID], change: str) -> None:
    where = "WHERE chain = %s AND seq = 2"
    tamper(" ".join(["UPDATE audit_readentry SET", change, where]), CASE)
    assert in_chains(breaks()) == [("changed", CASE, 2)]


def test_every_column_is_covered_by_the_hash() -> None:
    assert set(Entry._fields) == {field.attname for field in ReadEntry._meta.concrete_fields}


def test_a_deleted_entry_in_the_middle_is_found(chains: tuple[UUID, UUID]) -> None:
    tamper("DELETE FROM audit_readentry WHERE chain = %s AND seq = 2", CASE)
    assert breaks() == [Break("missing", CASE, 3), Break("miscounted", day=DAY)]


def test_a_deleted_first_entry_is_found(chains: tuple[UUID, UUID]) -> None:
    tamper("DELETE FROM audit_readentry WHERE chain = %s AND seq = 1", CASE)
    assert in_chains(breaks()) == [("missing", CASE, 2)]


def test_two_entries_that_changed_places_are_found(chains: tuple[UUID, UUID]) -> None:
    tamper("UPDATE audit_readentry SET seq = 100 WHERE chain = %s AND seq = 1", CASE)
    tamper("UPDATE audit_readentry SET seq = 1 WHERE chain = %s AND seq = 2", CASE)
    tamper("UPDATE audit_readentry SET seq = 2 WHERE chain = %s AND seq = 100", CASE)
    assert in_chains(breaks()) == [("changed", CASE, 1)]


def test_a_tail_cut_off_after_an_anchor_is_found(chains: tuple[UUID, UUID]) -> None:
    tamper("DELETE FROM audit_readentry WHERE chain = %s AND seq >= 3", CASE)
    assert breaks() == [Break("cut", CASE, 3, DAY), Break("miscounted", day=DAY)]


def test_a_whole_chain_that_is_gone_is_found(chains: tuple[UUID, UUID]) -> None:
    tamper("DELETE FROM audit_readentry WHERE chain = %s", CASE)
    assert in_chains(breaks()) == [("cut", CASE, 1)]
    assert breaks(Scope(chain=CASE)) == [Break("cut", CASE, 1, DAY)]


def forge(seq: int, *, previous: bytes, at: datetime | None = None) -> None:
    """Put in a copy of the first entry under another number, with a hash that fits it."""
    copy = Entry(*ReadEntry.objects.values_list(*Entry._fields).get(chain=CASE, seq=1))
    copy = copy._replace(id=copy.id + 10_000, seq=seq, previous=previous, at=at or copy.at)
    copy = copy._replace(hash=entry_hash(copy))
    columns, places = ", ".join(Entry._fields), ", ".join(["%s"] * len(copy))
    tamper(f"INSERT INTO audit_readentry ({columns}) VALUES ({places})", *copy)  # noqa: S608


def test_a_forged_entry_at_the_end_is_found(chains: tuple[UUID, UUID]) -> None:
    forge(6, previous=bytes(32), at=entry(CASE, 5).at)
    assert in_chains(breaks()) == [("forged", CASE, 6)]


def test_a_forged_entry_that_lies_about_its_day_is_found(chains: tuple[UUID, UUID]) -> None:
    forge(6, previous=bytes(entry(CASE, 5).hash))
    assert breaks() == [Break("forged", CASE, 6), Break("miscounted", day=DAY)]


def test_a_chain_written_anew_with_hashes_that_fit_is_found_by_its_anchor(
    chains: tuple[UUID, UUID],
) -> None:
    tamper("DELETE FROM audit_readentry WHERE chain = %s", CASE)
    write(CASE, LATER, number=5)
    found = breaks()
    assert found[0] == Break("rewritten", CASE, 3, DAY)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE audit_anchor SET entries = 5", "changed"),
        ("UPDATE audit_anchor SET hash = sha256('other')", "changed"),
        ("UPDATE audit_anchor SET previous = sha256('other')", "forged"),
        ("DELETE FROM audit_anchorhead WHERE seq = 3", "changed"),
        ("UPDATE audit_anchorhead SET hash = sha256('other')", "changed"),
    ],
)
def test_a_changed_anchor_is_found(
    chains: tuple[UUID, UUID], statement: str, what: str
) -> None:
    tamper(statement)
    assert [item.what for item in breaks() if item.chain is None] == [what]


def test_an_anchor_that_was_taken_away_is_found(chains: tuple[UUID, UUID]) -> None:
    close(LATER)
    tamper("DELETE FROM audit_anchor WHERE day = %s", DAY)
    assert Break("cut", day=DAY) in breaks()
    tamper("DELETE FROM audit_anchorhead WHERE day = %s", DAY)
    assert breaks()[0] == Break("forged", day=LATER)


def test_only_an_anchor_kept_elsewhere_finds_a_log_that_was_made_anew(
    chains: tuple[UUID, UUID],
) -> None:
    kept = bytes(Anchor.objects.get().hash)
    assert kept_elsewhere(DAY, kept) is None
    tamper("DELETE FROM audit_anchor")
    tamper("DELETE FROM audit_anchorhead")
    assert kept_elsewhere(DAY, kept) == Break("cut", day=DAY)
    tamper("DELETE FROM audit_readentry")
    write(CASE)
    close(DAY)
    assert breaks() == []
    assert kept_elsewhere(DAY, kept) == Break("rewritten", day=DAY)


def test_what_lies_outside_the_period_or_case_is_not_checked(chains: tuple[UUID, UUID]) -> None:
    close(LATER)
    _, other = chains
    tamper("UPDATE audit_readentry SET purpose = 'x' WHERE chain = %s AND seq = 1", CASE)
    assert breaks(Scope(since=LATER)) == breaks(Scope(chain=other)) == []
    assert in_chains(breaks(Scope(until=DAY))) == [("changed", CASE, 1)]


def test_a_break_is_told_without_a_name_and_in_words() -> None:
    assert str(Break("cut", CASE, 3, DAY)) == (
        f"chain {CASE}, entry 3 at the end of 2026-03-02: cut:"
        " it was there, and the end of the chain is gone"
    )
    assert str(Break("changed", day=DAY)).startswith("anchor of 2026-03-02: changed")


def test_two_lists_never_have_one_canonical_form() -> None:
    assert canonical(["a", "b"]) != canonical(["ab"]) != canonical(["a,b"])
    assert canonical(["1:a"]) != canonical(["1", "a"])
    assert canonical([]) == ""


def test_each_day_the_anchor_of_the_day_before_is_made() -> None:
    anchor_yesterday(clock.today())
    assert [anchor.day for anchor in Anchor.objects.all()] == [
        clock.today() - timedelta(days=1)
    ]
