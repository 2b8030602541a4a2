# SPDX-License-Identifier: EUPL-1.2
"""Bringing a file of notifications into the register: all of it, or nothing."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from middenstip.access.acting import acting
from middenstip.access.actors import Actor
from middenstip.access.selectors import organisations
from middenstip.intake.basis import require_notifier
from middenstip.intake.models import ImportedRow
from middenstip.intake.notification import as_case
from middenstip.intake.readers import File, Layout, Unusable, layout_of
from middenstip.intake.rows import Problem, Row, RowReader, keyed_hashes
from middenstip.intake.selectors import known_rows
from middenstip.thread.bulk import check_case, open_cases
from middenstip.thread.errors import EventRefused
from middenstip.thread.records import NewCase

BATCH = 500
# All is one transaction: it must end, and so must the wait for another import.
MOST_SECONDS = 30 * 60
LONGEST_WAIT = 10 * 60
LOCK_NOT_AVAILABLE = "55P03"
# Called with what is being done, how many are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Report:
    """What an import found and did. Holds row numbers and column names, no values.

    `added` is how many cases were opened, or would be where this is a dry run.
    """

    layout: Layout
    dry_run: bool
    skip_bad: bool
    added: int = 0
    stored: bool = False
    already: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, list[int]] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        """How many rows have a problem."""
        return len({problem.row for problem in self.problems})


@dataclass(slots=True)
class _Plan:
    """Which rows come in, by number, with their hashes (under each secret, newest first)."""

    wanted: dict[int, tuple[list[str], list[str]]] = field(default_factory=dict)
    first_with_id: dict[str, tuple[int, str]] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)


def import_notifications(
    *,
    actor: Actor,
    file: File,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Open a case for every notification in a file, in one transaction, and report.

    Nothing is stored on a dry run, or when a row is bad and `skip_bad` is not given. A row that
    came in before adds nothing: see `docs/import.md` on how a row is known again. Raises
    PermissionDenied when the actor's organisation does not notify, and Unusable when the file
    as a whole cannot be read or takes too long; then nothing is stored.
    """
    require_notifier(actor)
    progress = _in_time(progress)
    report = Report(layout_of(file), dry_run, skip_bad)
    reader = RowReader(_kinds())
    with transaction.atomic():
        if not dry_run:
            _one_at_a_time(actor)
        plan = _look(actor, file, reader, report, progress)
        if not dry_run and not report.problems:
            report.stored = _store(actor, file, reader, plan, progress)
        if not report.stored:
            _check(actor, file, reader, plan, report, progress)
            if not dry_run and (skip_bad or not report.problems):
                report.stored = _store(actor, file, reader, plan, progress)
    if skip_bad or not report.problems:
        report.added = len(plan.wanted)
    _forget_notes(plan, report)
    return report


def _in_time(progress: Progress) -> Progress:
    """Return a progress that stops the import when its time is over."""
    until = time.monotonic() + MOST_SECONDS

    def told(what: str, done: int, total: int) -> None:
        if time.monotonic() > until:
            raise Unusable(
                _(
                    "This takes longer than %(minutes)s minutes: stopped, nothing is stored. "
                    "Split the file."
                )
                % {"minutes": MOST_SECONDS // 60}
            )
        progress(what, done, total)

    return told


def _look(
    actor: Actor, file: File, reader: RowReader, report: Report, progress: Progress
) -> _Plan:
    """Read every row, and plan which come in."""
    plan = _Plan()
    total = report.layout.total
    for done, row in enumerate(_rows(file, reader), start=1):
        if row.problems:
            report.problems += row.problems
        elif _is_new(actor, row, plan, report):
            for note in row.notes:
                report.notes.setdefault(note, []).append(row.number)
        progress(_("reading"), done, total)
    _drop_known(plan, report)
    return plan


def _check(
    actor: Actor,
    file: File,
    reader: RowReader,
    plan: _Plan,
    report: Report,
    progress: Progress,
) -> None:
    """Ask of every planned row whether the thread would take it; report and drop the others."""
    total = len(plan.wanted)
    done = 0
    for row in _rows(file, reader):
        if row.number in plan.wanted:
            problems = list(_refusals(actor, row))
            if problems:
                report.problems += problems
                del plan.wanted[row.number]
            done += 1
            progress(_("checking"), done, total)
    report.problems.sort(key=lambda problem: problem.row)


def _is_new(actor: Actor, row: Row, plan: _Plan, report: Report) -> bool:
    """Plan a good row, unless the file itself holds it already.

    With a number of the sender's own, that number is the row. Without, its contents are: a
    second row with the same name and contents is the same notification, but a second row
    without a name may be another person of whom as little is known, and comes in.
    """
    organisation = str(actor.organisation_id)
    if row.record_id:
        known = plan.first_with_id.get(row.record_id)
        if known is not None and known[1] != row.content:
            report.problems.append(
                Problem(
                    row.number,
                    "x_RecordId",
                    "",
                    _("Row %(row)s has the same number and other contents.")
                    % {"row": known[0]},
                    _("Give each notification a number of its own."),
                )
            )
            return False
        plan.first_with_id.setdefault(row.record_id, (row.number, row.content))
        parts = [organisation, "id", row.record_id]
        repeated = known is not None
    else:
        plan.times[row.content] += 1
        nth = plan.times[row.content]
        parts = [organisation, "content", row.content, str(nth)]
        repeated = row.named and nth > 1
    if repeated:
        report.twice.append(row.number)
        return False
    plan.wanted[row.number] = (list(keyed_hashes(parts)), list(keyed_hashes([row.content])))
    return True


def _drop_known(plan: _Plan, report: Report) -> None:
    """Take out of the plan what came in before, with this or another file."""
    numbers = list(plan.wanted)
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        keys = [key for number in some for key in plan.wanted[number][0]]
        known = known_rows(keys)
        for number in some:
            own, contents = plan.wanted[number]
            found = [known[key] for key in own if key in known]
            if found:
                del plan.wanted[number]
                report.already.append(number)
                if found[0] not in contents:
                    report.changed.append(number)


def _forget_notes(plan: _Plan, report: Report) -> None:
    """Keep the remarks on rows that come in; the others have their own line."""
    for note, rows in list(report.notes.items()):
        report.notes[note] = [number for number in rows if number in plan.wanted]
        if not report.notes[note]:
            del report.notes[note]


def _store(
    actor: Actor, file: File, reader: RowReader, plan: _Plan, progress: Progress
) -> bool:
    """Open the planned cases; False, with nothing stored, when the thread refuses one.

    Each case is assessed once on the way in. Only when one is refused must all be asked again,
    to name every bad row.
    """
    marks: list[ImportedRow] = []
    if not plan.wanted:
        return False

    def planned() -> Iterator[NewCase]:
        """Yield the case of each planned row, and note under which key it comes in."""
        for row in _rows(file, reader):
            if row.number not in plan.wanted or row.notification is None:
                continue
            case_id = uuid4()
            marks.append(_mark(actor, plan.wanted[row.number], case_id))
            progress(_("storing"), len(marks), len(plan.wanted))
            yield replace(as_case(row.notification, actor=actor), case_id=case_id)

    try:
        with acting(actor):
            open_cases(actor=actor, cases=planned())
            ImportedRow.objects.bulk_create(marks, batch_size=BATCH)
    except (EventRefused, ValidationError, PermissionDenied):
        return False
    return True


def _mark(actor: Actor, hashes: tuple[list[str], list[str]], case_id: UUID) -> ImportedRow:
    keys, contents = hashes
    return ImportedRow(
        key=keys[0],
        content=contents[0],
        organisation_id=actor.organisation_id,
        case_id=case_id,
    )


def _refusals(actor: Actor, row: Row) -> Iterator[Problem]:
    """Yield why the thread would not take the case a row opens."""
    if row.notification is None:
        return
    try:
        check_case(actor=actor, case=as_case(row.notification, actor=actor))
    except EventRefused as refused:
        yield Problem(row.number, "", "", f"{refused.rule}: {refused.message}", "")
    except ValidationError as invalid:
        for name, messages in _by_field(invalid).items():
            yield Problem(row.number, COLUMNS.get(name, ""), "", " ".join(messages), "")
    except PermissionDenied as denied:
        yield Problem(row.number, "", "", str(denied), "")


COLUMNS: Mapping[str, str] = {
    "birth_date": "prs_Birthdate",
    "basis": "con_Consent",
    "notified_on": "cas_IncomingReferralDate",
    "on": "cas_IncomingReferralDate",
    "sex": "prs_Gender",
    "nationalities": "prs_Citizenship",
    "exploitation_forms": "vic_TypeOfExploitation",
    "preferred_language": "prs_PrimaryLanguage",
    "given_name": "prs_FirstName",
    "family_name": "prs_SecondName",
    "phone": "prs_MobilePhone",
}


def _by_field(invalid: ValidationError) -> Mapping[str, Sequence[str]]:
    if hasattr(invalid, "error_dict"):
        return invalid.message_dict
    return {"": invalid.messages}


def _rows(file: File, reader: RowReader) -> Iterator[Row]:
    for record in file.records():
        if not record.empty:
            yield reader.read(record)


def _kinds() -> dict[str, str]:
    """Return the kind of every organisation of the register by its name in lower case."""
    return {party.name.casefold(): party.kind for party in organisations()}


def _one_at_a_time(actor: Actor) -> None:
    """Let a second import of the same organisation wait until the first is done.

    Unusable when that takes too long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LONGEST_WAIT}s"])
        try:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))",
                [f"intake.import {actor.organisation_id}"],
            )
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            raise Unusable(
                _("Another import of this organisation is running. Try again when it is done.")
            ) from None
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
