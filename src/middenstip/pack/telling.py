# SPDX-License-Identifier: EUPL-1.2
"""What the commands of ``middenstip pack`` share: where the pack is and how they answer."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from middenstip.pack.load import load_pack, pack_folder
from middenstip.pack.model import Pack
from middenstip.pack.problems import PackError


class Form(StrEnum):
    """How a command answers: for people or for programs."""

    text = "text"
    json = "json"


Where = Annotated[str, typer.Argument(metavar="[DIR]", help="A folder or a country code.")]
Answer = Annotated[Form, typer.Option("--format", help="How to answer.")]


def folder_of(where: str) -> Path:
    """Return the folder of a pack; exit status 2 with the reason when there is none."""
    try:
        return pack_folder(where)
    except (FileNotFoundError, ValueError) as error:
        raise wrong_use(str(error)) from error


def pack_of(where: str) -> Pack:
    """Return a pack; exit status 2 with every reason when it cannot be used."""
    try:
        return load_pack(folder_of(where))
    except PackError as error:
        raise unusable(error) from error


def unusable(error: PackError) -> typer.Exit:
    """Tell every problem of a pack or of its files; return exit status 2."""
    for problem in error.problems:
        typer.echo(f"{problem.level}: {problem}", err=True)
    return typer.Exit(2)


def wrong_use(message: str) -> typer.Exit:
    """Tell how a command was used wrongly; return exit status 2."""
    typer.echo(f"middenstip pack: {message}", err=True)
    return typer.Exit(2)


def tell(words: str) -> None:
    """Write one line of an answer."""
    sys.stdout.write(words + "\n")
