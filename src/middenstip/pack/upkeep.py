# SPDX-License-Identifier: EUPL-1.2
"""What keeps a pack true: contacts to check again, translations to make or to look at again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from middenstip import clock
from middenstip.pack.directory import ToCheck, contacts_to_check
from middenstip.pack.model import Pack
from middenstip.pack.problems import PackError
from middenstip.pack.telling import (
    Answer,
    Form,
    Where,
    folder_of,
    pack_of,
    tell,
    unusable,
    wrong_use,
)
from middenstip.pack.translating import merge, skeleton, write_skeleton
from middenstip.pack.translations import LANGUAGE, Standing, guide_texts, languages_of, standing

Fail = Annotated[bool, typer.Option("--fail", help="Exit with 1 when there are any.")]
Lang = Annotated[str | None, typer.Option(help="One language, such as ro.")]
Missing = Annotated[
    Path | None, typer.Option("--write-missing", help="Write a file for a translator.")
]
Take = Annotated[Path | None, typer.Option("--merge", help="Take a translator's file in.")]


def contacts(where: Where = "nl", fail: Fail = False, form: Answer = Form.text) -> None:
    """Name the contacts of the directory that nobody checked in the last six months."""
    pack = pack_of(where)
    old = contacts_to_check(pack, clock.today())
    if form is Form.json:
        found = [{"id": c.contact_id, "checked_on": _day(c)} for c in old]
        tell(json.dumps({"contacts": len(pack.directory), "to_check": found}))
    else:
        for contact in old:
            tell(_contact_line(contact, pack))
        tell(f"{len(old)} of {len(pack.directory)} contacts to check again")
    if fail and old:
        raise typer.Exit(1)


def _day(contact: ToCheck) -> str | None:
    return contact.checked_on.isoformat() if contact.checked_on else None


def _contact_line(found: ToCheck, pack: Pack) -> str:
    when = f"checked on {_day(found)}" if found.checked_on else "never checked"
    reach = ", ".join(filter(None, (found.contact.phone, found.contact.site)))
    name = pack.text(found.contact.label, "en")
    return f"{found.contact_id}: {name} ({reach or 'no phone, no site'}): {when}"


def translations(
    where: Where = "nl",
    lang: Lang = None,
    write_missing: Missing = None,
    take: Take = None,
    form: Answer = Form.text,
) -> None:
    """Tell per language what is translated, missing or made of a text that changed since.

    Exit status 1 when a file that is taken in holds texts that do not fit.
    """
    pack, folder = pack_of(where), folder_of(where)
    if lang is not None and not LANGUAGE.fullmatch(lang):
        raise wrong_use(f"{lang} is no language code; write two or three letters, such as ro")
    try:
        if take is not None:
            _take_in(pack, folder, take)
        elif write_missing is not None:
            _write_missing(pack, folder, lang, write_missing)
        else:
            langs = [lang] if lang else languages_of(folder)
            _tell_standing(pack, standing(pack, folder, *langs), form, lang)
    except PackError as error:
        raise unusable(error) from error


def _tell_standing(pack: Pack, found: list[Standing], form: Form, lang: str | None) -> None:
    total = len(guide_texts(pack))
    if form is Form.json:
        tell(json.dumps({"texts": total, "languages": [asdict(s) for s in found]}, default=str))
        return
    for one in found:
        checked = f"checked by {one.checked_by} on {one.checked_on}" if one.checked_by else ""
        tell(
            f"{one.lang}: {one.done} of {total}, {len(one.missing)} missing, "
            f"{len(one.stale)} stale, {len(one.gone)} of no use; "
            f"{checked or 'not checked by a sworn translator'}"
        )
        if lang:
            for word in ("missing", "stale", "gone"):
                for key in getattr(one, word):
                    tell(f"  {word}: {key}")
    if not found:
        tell(f"no translations yet; {total} texts could be translated")


def _write_missing(pack: Pack, folder: Path, lang: str | None, path: Path) -> None:
    if lang is None:
        raise wrong_use("say for which language: --lang ro")
    if lang in pack.header.languages:
        raise wrong_use(
            f"{lang} is a language of the pack itself; its texts stand with the items"
        )
    tasks = skeleton(pack, folder, lang)
    try:
        write_skeleton(tasks, path)
    except FileExistsError as error:
        raise wrong_use(f"{path} exists already; name another file") from error
    except OSError as error:
        raise wrong_use(f"cannot write {path}: {error.strerror}") from error
    tell(f"{path}: {len(tasks.texts)} texts to translate into {lang}")


def _take_in(pack: Pack, folder: Path, path: Path) -> None:
    try:
        merged = merge(pack, folder, path)
    except OSError as error:
        raise wrong_use(f"cannot take in {path}: {error.strerror}") from error
    for key, why in merged.refused:
        tell(f"refused: {key}: {why}")
    tell(
        f"{len(merged.taken)} taken in, {len(merged.empty)} left empty, "
        f"{len(merged.refused)} refused"
    )
    if merged.refused:
        raise typer.Exit(1)
