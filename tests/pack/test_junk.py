# SPDX-License-Identifier: EUPL-1.2
"""Whatever an editor types, the check answers with problems and never with a crash."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middenstip.pack.check import check_folder
from tests.pack.small import kinds, write

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(-2, 2)
    | st.dates(date(2000, 1, 1), date(2030, 1, 1))
    | st.sampled_from(["age", "minor", "seen", "police", "on", "XX-01", "", "ras", "{x}"])
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["fact", "event", "is", "has", "all", "not", "scheme", "nl", "then"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def places(content: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the small pack where something can be put."""
    steps: list[Any] = []
    if isinstance(content, dict):
        steps = list(content.items())
    elif isinstance(content, list):
        steps = list(enumerate(content))
    deeper = [place for key, value in steps for place in places(value, (*way, key))]
    return ([way] if way else []) + deeper


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.sampled_from(places(kinds())), junk=JUNK)
def test_junk_anywhere_in_a_pack_never_breaks_the_check(
    tmp_path: Path, place: tuple[Any, ...], junk: Any
) -> None:
    content = kinds()
    target: Any = content
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = junk
    for problem in check_folder(write(tmp_path, content)):
        assert problem.file.endswith(".yaml")
        assert problem.message


NASTY = {
    "byte order mark": b"\xef\xbb\xbfshelter: {order: 1, label: {nl: a, en: b}}\n",
    "alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: {label: *c}\n",
    "alias of itself": b"shelter: &a {order: 1, label: *a}\n",
    "deep nesting": b"shelter: " + b"[" * 2000 + b"]" * 2000 + b"\n",
    "deep condition": b"shelter: " + b"{not: " * 500 + b"1" + b"}" * 500 + b"\n",
    "emoji and right-to-left": "שלום: {label: 🙂}\n".encode(),
    "control character": b'shelter: {label: "\\x01"}\n',
    "huge number": b"shelter: {order: " + b"9" * 5000 + b"}\n",
    "merge key": b"x: &x {order: 1}\nshelter: {<<: *x}\n",
    "set": b"shelter: !!set {a, b}\n",
    "binary": b"shelter: !!binary aGVsbG8=\n",
}


@pytest.mark.parametrize("kind", ["needs", "facts", "schemes"])
@pytest.mark.parametrize("content", NASTY.values(), ids=NASTY)
def test_a_nasty_file_is_told_and_does_not_break_the_check(
    folder: Path, kind: str, content: bytes
) -> None:
    (folder / f"{kind}.yaml").write_bytes(content)
    problems = check_folder(folder)
    if content != NASTY["byte order mark"] or kind != "needs":
        assert problems
