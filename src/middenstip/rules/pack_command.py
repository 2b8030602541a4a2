# SPDX-License-Identifier: EUPL-1.2
"""``middenstip pack`` with what needs the rules: a look ahead at a changed pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from yaml import YAMLError

import middenstip
from middenstip import clock
from middenstip.pack.check import check_folder
from middenstip.pack.command import app
from middenstip.pack.files import read_yaml
from middenstip.pack.telling import folder_of, pack_of, tell, wrong_use
from middenstip.rules.preview import Story, translation_changes
from middenstip.rules.preview import preview as look_ahead
from middenstip.rules.preview_report import LANGUAGES, as_html, as_json, as_text
from middenstip.rules.results import ThreadEvent

__all__ = ["app", "preview"]


@app.command()
def preview(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The changed pack.")],
    against: Annotated[str, typer.Option(help="The pack that is live.")] = "nl",
    html: Annotated[Path | None, typer.Option(help="Also write a page of HTML.")] = None,
    people: Annotated[int, typer.Option(min=0, max=100_000, help="How many people.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    stories: Annotated[
        Path | None, typer.Option(help="Folder of stories (those of the source tree).")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: nl or en.")] = "en",
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="How to answer.")
    ] = "text",
) -> None:
    """Tell what a changed pack would do before it goes live: what differs, and for whom.

    Nothing is changed. Exit status 2, with every reason, for a pack that fails its check.
    """
    if lang not in LANGUAGES:
        raise wrong_use(f"--lang: {lang} is none of {', '.join(LANGUAGES)}")
    problems = check_folder(folder_of(folder))
    for problem in problems:
        typer.echo(f"{problem.level}: {problem}", err=True)
    if any(problem.level == "error" for problem in problems):
        typer.echo("middenstip pack: mend these first; nothing was compared", err=True)
        raise typer.Exit(2)
    told = list(_stories(stories))
    texts = translation_changes(folder_of(against), folder_of(folder))
    found = look_ahead(
        pack_of(against),
        pack_of(folder),
        stories=told,
        people=people,
        seed=seed,
        today=clock.today(),
    )
    found = replace(found, items=(*found.items, *texts))
    if html is not None:
        _write(html, as_html(found, lang))
    tell(as_json(found) if form == "json" else as_text(found, lang))


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise wrong_use(f"cannot write {path}: {error.strerror}") from error


def _stories(folder: Path | None) -> Iterator[Story]:
    """Yield the stories of a folder, by default those of the source tree, if there is one."""
    where = folder or Path(middenstip.__file__).parents[2] / "tests" / "law"
    if not where.is_dir():
        if folder is not None:
            raise wrong_use(f"{folder} is no folder of stories")
        return
    try:
        people = read_yaml(where / "people.yaml") if (where / "people.yaml").is_file() else {}
        for path in sorted(where.glob("*.yaml")):
            if path.name != "people.yaml":
                yield from (_story(told, people) for told in read_yaml(path))
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise wrong_use(f"{where} cannot be read: {error}") from error
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise wrong_use(f"{where}: a story is not what it should be: {error!r}") from error


def _story(told: dict[str, Any], people: dict[str, Any]) -> Story:
    events = [
        ThreadEvent(id=n, type=e[1], on=_day(e[0]), fields=e[2] if len(e) > 2 else {})
        for n, e in enumerate(told.get("events", []))
    ]
    facts = people[told["person"]] if "person" in told else {}
    return Story(str(told["id"]), _day(told["on"]), facts | told.get("facts", {}), events)


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no day")
    return value
