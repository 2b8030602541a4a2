# SPDX-License-Identifier: EUPL-1.2
"""`middenstip match key`, `encode` and `codes`: lists matched without exchanging identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from middenstip.matching.command_files import Table, read_persons, write_all
from middenstip.matching.problems import refuse
from middenstip.matching.records import BadInput

if TYPE_CHECKING:
    from middenstip.matching.codes import Judged
    from middenstip.matching.codes_file import CodeList

_LEAST = 0.01


def key(
    out: Annotated[Path, typer.Option(help="The key file to make; it must not exist.")],
) -> None:
    """Make a secret key for one exchange. Only organisations that encode get it."""
    from middenstip.matching.codes_file import make_key

    try:
        make_key(out)
    except BadInput as problem:
        refuse(problem)
    typer.echo(f"{out} made; whoever has this key and the codes has the names")


def encode(
    file: Annotated[Path, typer.Argument(help="A CSV file of persons.")],
    key_file: Annotated[Path, typer.Option(help="The key of this exchange.")],
    purpose: Annotated[str, typer.Option(help="A name for this exchange, as agreed.")],
    out: Annotated[Path, typer.Option(help="Write rec_id and codes here.")],
    map_: Annotated[str, typer.Option("--map", help="FIELD=COLUMN,...")] = "",
) -> None:
    """Make codes of names and birth dates. The file that comes out shows neither.

    The rec_id goes along as it is: it must mean nothing to others.
    """
    from middenstip.matching.blind import Encoder
    from middenstip.matching.codes_file import COLUMNS, code_rows, read_key

    try:
        encoder = Encoder(read_key(key_file), purpose.strip())
        persons = read_persons(file, map_).persons
        write_all([Table(out, COLUMNS, code_rows(encoder, persons))], sources=[file, key_file])
    except BadInput as problem:
        refuse(problem)
    nameless = sum(not person.names for person in persons)
    typer.echo(f"{len(persons)} records encoded; {nameless} have no name and cannot be matched")


def codes(
    files: Annotated[list[Path], typer.Argument(help="Files of codes, of two or more lists.")],
    pairs: Annotated[Path | None, typer.Option(help="Write scored pairs here.")] = None,
    persons: Annotated[Path | None, typer.Option(help="Write groups of records here.")] = None,
    lists: Annotated[
        Path | None, typer.Option(help="Write how many persons are on which lists.")
    ] = None,
    one_to_one: Annotated[
        bool, typer.Option("--one-to-one", help="Nobody is twice on one list.")
    ] = False,
) -> None:
    """Match lists by their codes. Needs no key, and whoever runs it must not have it."""
    from middenstip.matching import codes as matching
    from middenstip.matching.codes_file import check_together, read_codes

    try:
        read = [read_codes(file) for file in files]
        check_together(read)
        of_all = [code for each in read for code in each.codes]
        number = [i for i, each in enumerate(read) for _ in each.codes]
        judged = matching.judge(of_all, number, one_to_one=one_to_one)
        places = _places(read, number, judged)
        write_all(_tables(read, judged, places, pairs, persons, lists), sources=files)
    except BadInput as problem:
        refuse(problem)
    _tell(read, places)


def _tables(
    read: Sequence[CodeList],
    judged: Judged,
    places: Counter[tuple[int, ...]],
    pairs: Path | None,
    persons: Path | None,
    lists: Path | None,
) -> list[Table]:
    """Return the files that were asked for; their rows are made when they are written."""
    ids = [f"{each.name}:{rec_id}" for each in read for rec_id in each.rec_ids]
    made = []
    if pairs:
        rows = _pair_rows(ids, judged)
        made.append(Table(pairs, ("rec_id_l", "rec_id_r", "score"), rows))
    if persons:
        groups = zip(ids, (ids[row] for row in judged.person.tolist()), strict=True)
        made.append(Table(persons, ("rec_id", "person"), groups))
    if lists:
        head = (*(each.name for each in read), "persons")
        counted = ((*on, count) for on, count in sorted(places.items(), reverse=True))
        made.append(Table(lists, head, counted))
    return made


def _pair_rows(ids: list[str], judged: Judged) -> Iterator[tuple[str, str, str]]:
    import numpy as np

    chance = 1 / (1 + np.exp(-np.clip(judged.score, -40, 40)))
    for i in np.argsort(-judged.score, kind="stable").tolist():
        if chance[i] > _LEAST:
            yield ids[judged.a[i]], ids[judged.b[i]], f"{chance[i]:.9f}"


def _places(
    read: Sequence[CodeList], number: Sequence[int], judged: Judged
) -> Counter[tuple[int, ...]]:
    """Count persons by the lists they are on: a 1 or 0 for each list."""
    on: dict[int, list[int]] = {}
    for person, where in zip(judged.person.tolist(), number, strict=True):
        on.setdefault(person, [0] * len(read))[where] = 1
    return Counter(tuple(row) for row in on.values())


def _tell(read: Sequence[CodeList], places: Counter[tuple[int, ...]]) -> None:
    total = sum(len(each.codes) for each in read)
    typer.echo(f"{total} records of {len(read)} lists, {places.total()} persons by their codes")
    for on, count in sorted(places.items(), reverse=True):
        names = [each.name for each, there in zip(read, on, strict=True) if there]
        typer.echo(f"  {count:>8}  {' and '.join(names)}")
