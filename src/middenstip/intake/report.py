# SPDX-License-Identifier: EUPL-1.2
"""The report of an import: in words for the screen, and as CSV for who must mend the file."""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from middenstip.intake.importing import Report
from middenstip.intake.readers import visible

# A spreadsheet runs a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
ROWS_SHOWN = 12


def summary_lines(report: Report) -> Iterator[str]:
    """Yield what happened, or on a dry run would happen, in plain words."""
    total = report.layout.total
    yield ngettext("%(count)s notification read", "%(count)s notifications read", total) % {
        "count": total
    }
    yield _outcome(report)
    if report.already:
        yield _("%(count)s were in the register already: nothing added (%(rows)s)") % {
            "count": len(report.already),
            "rows": rows_named(report.already),
        }
    if report.changed:
        yield _(
            "%(count)s of these have other contents now: record the change in the case "
            "(%(rows)s)"
        ) % {"count": len(report.changed), "rows": rows_named(report.changed)}
    if report.twice:
        yield _("%(count)s stand twice in this file: taken once (%(rows)s)") % {
            "count": len(report.twice),
            "rows": rows_named(report.twice),
        }
    if report.bad_rows:
        yield _("%(count)s rows are bad: see below") % {"count": report.bad_rows}
    yield from _remarks(report)


def _outcome(report: Report) -> str:
    count = {"count": report.added}
    if report.stored:
        return _("%(count)s added") % count
    if report.problems and not report.skip_bad:
        return _("nothing is added: mend the bad rows, or leave them out with --skip-bad")
    if report.dry_run:
        return _("%(count)s would be added; this is a dry run, nothing is changed") % count
    return _("nothing to add")


def _remarks(report: Report) -> Iterator[str]:
    for note, rows in report.notes.items():
        yield f"{note}: {len(rows)} ({rows_named(rows)})"
    if report.layout.empty:
        yield _("empty rows passed over: %(count)s") % {"count": report.layout.empty}
    if report.layout.left_out:
        yield _("columns without a place in this register, left out: %(columns)s") % {
            "columns": ", ".join(visible(name) for name in report.layout.left_out)
        }
    if report.layout.never_read:
        yield _(
            "columns that are never read (deprecated by the standard; they may tell of a "
            "social group): %(columns)s"
        ) % {"columns": ", ".join(report.layout.never_read)}


def rows_named(rows: Sequence[int]) -> str:
    """Return row numbers in words, the first dozen of them."""
    shown = ", ".join(str(row) for row in sorted(rows)[:ROWS_SHOWN])
    more = " …" if len(rows) > ROWS_SHOWN else ""
    return ngettext("row %(rows)s", "rows %(rows)s", len(rows)) % {"rows": shown + more}


def write_csv(report: Report, stream: TextIO) -> None:
    """Write every bad row and every remark on a row, one line each, safe for a spreadsheet."""
    writer = csv.writer(stream)
    writer.writerow(
        [_("row"), _("column"), _("kind of value"), _("what is wrong"), _("what to do")]
    )
    for problem in report.problems:
        writer.writerow(
            safe_cells(
                [str(problem.row), problem.column, problem.found, problem.why, problem.action]
            )
        )
    for remark, rows in remarks_by_row(report):
        for row in rows:
            writer.writerow(safe_cells([str(row), "", "", remark, ""]))


def remarks_by_row(report: Report) -> Iterator[tuple[str, list[int]]]:
    """Yield each remark with the rows it is about; none of these is an error."""
    yield _("in the register already: nothing added"), report.already
    yield _("other contents than before: record the change in the case"), report.changed
    yield _("stands twice in this file: taken once"), report.twice
    yield from report.notes.items()


def safe_cells(cells: Sequence[str]) -> list[str]:
    """Return cells that a spreadsheet shows as text: a formula gets an apostrophe before it."""
    return [f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells]
