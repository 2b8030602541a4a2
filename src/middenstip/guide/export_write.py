# SPDX-License-Identifier: EUPL-1.2
"""Puts an export on disk: whole or not at all, and never over something of somebody else."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from middenstip.guide.export import Export

MANIFEST = "files.json"
MADE_BY = "middenstip guide export"


class NotWritten(Exception):
    """An export could not be written: says what is in the way, what to do; nothing changed."""


def write(export: Export, directory: Path, pack_version: str, made_on: date) -> dict[str, Any]:
    """Write an export with its manifest into ``directory`` and return the manifest.

    The files are written beside it and then take its place, so that a server that reads it
    meanwhile sees the old guide or the new one. A directory that holds anything but an earlier
    export is refused. Raises NotWritten.
    """
    target = check(directory)
    manifest = _manifest(export, pack_version, made_on)
    shown = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise NotWritten(_trouble(target.parent, error)) from None
    try:
        for path, content in {**export.files, MANIFEST: shown.encode()}.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(content)
        fresh.chmod(0o755)
        _put_in_place(fresh, target)
    except OSError as error:
        raise NotWritten(_trouble(target, error)) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def check(directory: Path) -> Path:
    """Return where an export would go, as an absolute path; NotWritten when it may not."""
    target = Path(os.path.abspath(directory))
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise NotWritten(f"{target} is no directory: name one, or a name that is free")
        present = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    except OSError as error:
        raise NotWritten(_trouble(target, error)) from None
    if not present:
        return target
    known = _files_of_earlier(target)
    if known is None:
        raise NotWritten(
            f"{target} is not empty and holds no earlier export (there is no {MANIFEST} of "
            f"{MADE_BY}): name another directory, or empty this one yourself"
        )
    strange = sorted(present - known - {MANIFEST})
    if strange:
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        raise NotWritten(
            f"{target} holds files that no export wrote ({strange[0]}{more}): they would be "
            "lost; take them out first"
        )
    return target


def _files_of_earlier(target: Path) -> set[str] | None:
    """Return the files of the export that stands there; None when there is none."""
    try:
        found = json.loads((target / MANIFEST).read_text("utf-8"))
        return set(found["files"]) if found["made_by"] == MADE_BY else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _manifest(export: Export, pack_version: str, made_on: date) -> dict[str, Any]:
    return {
        "made_by": MADE_BY,
        "made_on": made_on.isoformat(),
        "pack_version": pack_version,
        "law_from": export.law_from.isoformat(),
        "law_until": export.law_until.isoformat() if export.law_until else None,
        "languages": list(export.languages),
        "files": {
            path: {
                "bytes": len(content),
                "gzip": len(gzip.compress(content, 6, mtime=0)),
                "sha256": sha256(content).hexdigest(),
            }
            for path, content in export.files.items()
        },
    }


def _put_in_place(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.rename(old / "old")
    try:
        fresh.rename(target)
    except OSError:
        (old / "old").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _trouble(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{path} cannot be written: {reason}; choose a place where you may write"
