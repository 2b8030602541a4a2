# SPDX-License-Identifier: EUPL-1.2
"""The command `middenstip match`: records that may be one person, from files, no database."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
import typer.core

from middenstip.matching.codes_command import codes, encode, key
from middenstip.matching.command_files import Table, read_persons, write_all
from middenstip.matching.learn_command import approve, learn_letters, learn_weights
from middenstip.matching.problems import refuse
from middenstip.matching.records import BadInput, Reading, mapping_of, read_file

Value = TypeVar("Value")
_LEAST = 0.01

_File = Annotated[
    str | None,
    typer.Argument(help="A CSV file of persons; or: learn, approve.", show_default=False),
]


def match(
    file: _File = None,
    pairs: Annotated[Path | None, typer.Option(help="Write scored pairs here.")] = None,
    persons: Annotated[Path | None, typer.Option(help="Write groups of records here.")] = None,
    map_: Annotated[
        str, typer.Option("--map", help="Columns of fields: family_name=surname,birth_date=dob")
    ] = "",
    also: Annotated[str, typer.Option(help="Further columns to compare: postcode,email")] = "",
    query: Annotated[
        Path | None, typer.Option(help="Look up each person of this file.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="How many answers.")] = 50,
    out: Annotated[Path | None, typer.Option(help="Where answers go.")] = None,
    names: Annotated[Path | None, typer.Option(help="Score pairs: name1,name2.")] = None,
    pool: Annotated[Path | None, typer.Option(help="Names to look in, one a line.")] = None,
    name_queries: Annotated[Path | None, typer.Option(help="Names to look for.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Approved weights to use.")] = None,
) -> None:
    """Find records that may be one person. A human decides; nothing is merged.

    FILE has rec_id and any of: source, given_name, family_name, alias, sex, birth_date,
    nationality, birth_place, phone, notified_on. Exit status 2 with one line for each problem.
    """
    try:
        if names:
            _forbid("--names", file=file, pairs=pairs, persons=persons, query=query, pool=pool)
            _names(names, _needed(out, "--out"))
        elif pool or name_queries:
            _forbid("--pool", file=file, pairs=pairs, persons=persons, query=query)
            _pool(
                _needed(pool, "--pool"), _needed(name_queries, "--name-queries"), top,
                _needed(out, "--out"),
            )  # fmt: skip
        else:
            reading = read_persons(Path(_needed(file, "FILE")), map_, also)
            if query:
                _forbid("--query", pairs=pairs, persons=persons)
                _queries(reading, query, map_, top, _needed(out, "--out"), weights)
            else:
                _batch(reading, pairs, persons, weights)
    except BadInput as problem:
        refuse(problem)


def _needed(value: Value | None, name: str) -> Value:
    if value is None:
        raise BadInput([f"{name} is missing; see: middenstip match --help"])
    return value


def _forbid(form: str, **others: object) -> None:
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise BadInput([f"{form} does not go together with {', '.join(given)}"])


def _batch(
    reading: Reading, pairs: Path | None, persons: Path | None, weights: Path | None
) -> None:
    from middenstip.matching import engine
    from middenstip.matching import weights as weighing

    used = weighing.read_weights(weights) if weights else weighing.shipped()
    scored = engine.match(reading.persons, used, reading.also)
    ids = [person.rec_id for person in reading.persons]
    order = np.argsort(-scored.score, kind="stable")
    order = order[scored.chance[order] > _LEAST]
    tables = []
    if pairs:
        a, b = scored.a[order].tolist(), scored.b[order].tolist()
        chance = scored.chance[order].tolist()
        rows = ((ids[x], ids[y], f"{p:.9f}") for x, y, p in zip(a, b, chance, strict=True))
        tables.append(Table(pairs, ("rec_id_l", "rec_id_r", "score"), rows))
    groups = scored.groups()
    if persons:
        grouped = zip(ids, (ids[row] for row in groups.tolist()), strict=True)
        tables.append(Table(persons, ("rec_id", "person"), grouped))
    write_all(tables)
    typer.echo(
        f"{len(ids)} records, {len(order)} pairs above {_LEAST}, "
        f"{len(np.unique(groups))} persons when nobody decides otherwise"
    )


def _queries(
    reading: Reading, query: Path, map_: str, top: int, out: Path, weights: Path | None
) -> None:
    from middenstip.matching import weights as weighing
    from middenstip.matching.index import Index

    asked = read_file(query, mapping_of(map_), reading.also)
    used = weighing.read_weights(weights) if weights else weighing.shipped()
    index = Index(reading.persons, used, reading.also)
    rows: list[tuple[object, ...]] = []
    took: list[float] = []
    for person in asked.persons:
        begin = time.perf_counter()
        found = index.find(person, top)
        took.append((time.perf_counter() - begin) * 1000)
        rows += [
            (person.rec_id, rank, hit.rec_id, f"{hit.chance:.9f}")
            for rank, hit in enumerate(found, 1)
        ]
    write_all([Table(out, ("query", "rank", "rec_id", "score"), rows)])
    p50, p95 = np.percentile(took, [50, 95]) if took else (0.0, 0.0)
    typer.echo(f"{len(took)} queries among {len(index)} records")
    typer.echo(f"p50 {p50:.2f} ms, p95 {p95:.2f} ms per query")


def _names(path: Path, out: Path) -> None:
    from middenstip.matching.name_score import name_scores

    pairs = []
    for row, cells in enumerate(_lines_of_csv(path, ("name1", "name2")), 2):
        if len(cells) != 2:
            raise BadInput([f"{path}, row {row}: not two cells that can be read"])
        pairs.append((cells[0], cells[1]))
    scores = name_scores(pairs)
    rows = ((a, b, f"{s:.6f}") for (a, b), s in zip(pairs, scores, strict=True))
    write_all([Table(out, ("name1", "name2", "score"), rows)])


def _lines_of_csv(path: Path, columns: tuple[str, ...]) -> Iterable[list[str]]:
    from middenstip.matching.records import opened

    with opened(path) as lines:
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        if missing := [c for c in columns if c not in header]:
            raise BadInput([f"{path}, row 1: no column {', '.join(missing)}"])
        places = [header.index(column) for column in columns]
        for cells in reader:
            if cells:
                yield [cells[place] for place in places if place < len(cells)]


def _pool(pool: Path, queries: Path, top: int, out: Path) -> None:
    from middenstip.matching.name_score import NamePool
    from middenstip.matching.records import opened

    with opened(pool) as lines:
        names = NamePool([line.strip() for line in lines if line.strip()])
    with opened(queries) as lines:
        asked = [line.strip() for line in lines if line.strip()]
    rows = [
        (name, rank, hit, f"{score:.6f}")
        for name in asked
        for rank, (hit, score) in enumerate(names.find(name, top), 1)
    ]
    write_all([Table(out, ("query", "rank", "name", "score"), rows)])


class _Forms(typer.core.TyperGroup):
    """What is no command of its own is a file to match, or options of that."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args[:1] != ["--help"] and (not args or args[0] not in self.commands):
            args = ["files", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_Forms, add_completion=False, rich_markup_mode=None)
app.command("files")(match)
app.command("learn")(learn_weights)
app.command("approve")(approve)
app.command("letters")(learn_letters)
app.command("key")(key)
app.command("encode")(encode)
app.command("codes")(codes)


@app.callback()
def describe() -> None:
    """Find records that may be one person. A human decides; nothing is merged.

    middenstip match FILE.csv --pairs OUT.csv and its other forms: middenstip match files --help

    Lists of several organisations without exchanging identities: key, encode, codes.
    """
