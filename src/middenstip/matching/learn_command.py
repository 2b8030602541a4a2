# SPDX-License-Identifier: EUPL-1.2
"""`middenstip match learn` and `approve`: new weights, measured before anybody uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from middenstip import clock
from middenstip.matching import weights as weighing
from middenstip.matching.problems import refuse
from middenstip.matching.records import BadInput, Reading, mapping_of, read_file


def learn_weights(
    file: Annotated[Path, typer.Argument(help="A CSV file of persons with a label column.")],
    label: Annotated[str, typer.Option(help="The column that says who a record really is.")],
    out: Annotated[Path, typer.Option(help="The weights file to write.")],
    map_: Annotated[str, typer.Option("--map", help="FIELD=COLUMN,...")] = "",
    name: Annotated[str, typer.Option(help="A name for these weights.")] = "learnt",
) -> None:
    """Learn weights from half of the judged persons, and measure on the other half.

    Writes a dated file that says how good it is. It counts only after two people approved it:
    middenstip match approve FILE --name NAME.
    """
    try:
        reading, labels = _read(file, mapping_of(map_), label)
        before, after, made = _learnt(reading, labels, name)
        weighing.write_weights(out, made)
    except BadInput as problem:
        refuse(problem)
    typer.echo(f"on {sum(not taught for taught in _halves(labels))} records not learnt from")
    typer.echo(f"before: {before}")
    typer.echo(f"after:  {after}")
    typer.echo(f"{out} written; two people must approve it before it is used")


def approve(
    file: Annotated[Path, typer.Argument(help="A weights file that was learnt.")],
    name: Annotated[str, typer.Option(help="Who approves.")],
) -> None:
    """Approve learnt weights. Two different people must."""
    try:
        found = weighing.approve(file, name)
    except BadInput as problem:
        refuse(problem)
    state = "may be used" if found.usable() else "one more person must approve"
    typer.echo(f"{file}: approved by {', '.join(found.approved_by)}; {state}")


def learn_letters(
    script: Annotated[str, typer.Argument(help="arabic, cyrillic or han.")],
    files: Annotated[list[Path], typer.Argument(help="CSV files with latin, native.")],
    out: Annotated[Path, typer.Option(help="The folder to write SCRIPT.tsv in.")],
) -> None:
    """Learn how a script is spelt in a to z, from half of the pairs of names."""
    from middenstip.matching.learn_letters import SHAPES, learn_script

    try:
        if script not in SHAPES:
            raise BadInput([f"{script!r} is no script; scripts: {', '.join(SHAPES)}"])
        if not out.is_dir():
            raise BadInput([f"--out: {out} is no folder"])
        learnt = learn_script(script, files, out, clock.today().isoformat())
    except BadInput as problem:
        refuse(problem)
    typer.echo(f"{out / f'{script}.tsv'}: {len(learnt.pairs)} steps")


def _read(file: Path, mapping: dict[str, str], label: str) -> tuple[Reading, list[str]]:
    reading = read_file(file, mapping, (label,))
    labelled = read_labels(file, label)
    return reading, labelled


def read_labels(file: Path, label: str) -> list[str]:
    """Return the label of each row; BadInput where one is empty."""
    import csv

    with file.open(encoding="utf-8-sig", newline="") as lines:
        labels = [row[label].strip() for row in csv.DictReader(lines)]
    if empty := [i for i, text in enumerate(labels, 2) if not text]:
        raise BadInput([f"{file}, row {empty[0]}: {label} is empty; every record needs one"])
    return labels


def _halves(labels: list[str]) -> list[bool]:
    from middenstip.matching.learn import taught

    return [taught(label) for label in labels]


def _learnt(
    reading: Reading, labels: list[str], name: str
) -> tuple[object, object, weighing.Weights]:
    """Return the quality before and after, and the learnt weights with both written in."""
    from dataclasses import replace

    from middenstip.matching import engine, learn

    persons = [replace(person, also=()) for person in reading.persons]
    before = learn.measure(engine.match(persons, weighing.shipped()), labels)
    made = learn.learn(persons, labels, name, clock.today().isoformat())
    after = learn.measure(engine.match(persons, made), labels)
    return before, after, replace(made, measured=learn.told(before, after))
