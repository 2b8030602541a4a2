# SPDX-License-Identifier: EUPL-1.2
"""What a pack answers: the law of a day, groups on a day, labels and sources."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from middenstip.pack.load import load_pack
from middenstip.pack.model import KINDS, Pack, SourceRef
from middenstip.pack.problems import NoLawInForce
from tests.pack.small import kinds

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))


def pack_of(**changed: Any) -> Pack:
    content = {**kinds(), **changed}
    return Pack.model_validate({"header": content["pack"], **{k: content[k] for k in KINDS}})


def scheme_with(spans: list[tuple[date, date | None]]) -> Pack:
    scheme = kinds()["schemes"]["XX-01"]
    version = scheme["versions"][0]
    versions = [{**version, "valid_from": start, "valid_to": end} for start, end in spans]
    return pack_of(schemes={"XX-01": {**scheme, "versions": versions}})


@given(
    cuts=st.lists(DAYS, min_size=1, max_size=6, unique=True).map(sorted),
    ends=st.booleans(),
    gap=st.integers(0, 400),
    day=DAYS,
)
def test_the_version_of_a_day_is_the_one_whose_span_holds_it(
    cuts: list[date], ends: bool, gap: int, day: date
) -> None:
    spans: list[tuple[date, date | None]] = []
    for start, following in zip(cuts, [*cuts[1:], None], strict=True):
        last = following - timedelta(days=1) if following else None
        if last and gap and (last - start).days > gap:
            last -= timedelta(days=gap)
        spans.append((start, last))
    if ends:
        spans[-1] = (spans[-1][0], spans[-1][0] + timedelta(days=gap))
    pack = scheme_with(spans)
    holding = [s for s in spans if s[0] <= day and (s[1] is None or day <= s[1])]
    if holding:
        version = pack.scheme_on("XX-01", day)
        assert [(version.valid_from, version.valid_to)] == holding
        assert pack.schemes_on(day) == {"XX-01": version}
    else:
        assert pack.schemes_on(day) == {}
        with pytest.raises(NoLawInForce) as caught:
            pack.scheme_on("XX-01", day)
        told = str(caught.value)
        assert "XX-01" in told
        assert day.isoformat() in told
        assert all(start.isoformat() in told for start, _ in spans)


def test_first_and_last_day_of_a_version_belong_to_it(pack: Pack) -> None:
    assert pack.scheme_on("XX-01", date(2013, 12, 31)).valid_from == date(2011, 1, 1)
    assert pack.scheme_on("XX-01", date(2014, 1, 1)).valid_from == date(2014, 1, 1)


def test_no_law_in_force_says_between_which_days_there_is(pack: Pack) -> None:
    with pytest.raises(NoLawInForce) as caught:
        pack.duty_on("help_soon", date(2010, 12, 31))
    assert str(caught.value) == (
        "help_soon: no version is in force on 2010-12-31; versions hold: 2011-01-01 to now"
    )


def test_an_unknown_scheme_is_no_question_of_law(pack: Pack) -> None:
    with pytest.raises(KeyError):
        pack.scheme_on("XX-99", date(2014, 1, 1))


GROUPS = [
    (["AA"], date(2014, 1, 1), "near"),
    (["BB"], date(2014, 12, 31), "near"),
    (["BB"], date(2015, 1, 1), "far"),
    (["CC"], date(2014, 1, 1), "far"),
    (["CC", "AA"], date(2014, 1, 1), "near"),
    ([], date(2014, 1, 1), None),
    (["unknown"], date(2014, 1, 1), None),
    (["AA", "unknown"], date(2014, 1, 1), "near"),
    (["CC", "unknown"], date(2014, 1, 1), None),
]


@pytest.mark.parametrize(("codes", "day", "group"), GROUPS)
def test_the_group_of_codes_on_a_day(
    pack: Pack, codes: list[str], day: date, group: str | None
) -> None:
    assert pack.group_of("country", codes, day) == group


@given(
    codes=st.lists(st.sampled_from(["AA", "BB", "CC"]), max_size=3),
    more=st.lists(st.sampled_from(["AA", "BB", "CC"]), min_size=1, max_size=2),
    day=DAYS,
)
def test_what_is_known_beside_an_unknown_code_stays_true_once_it_is_told(
    codes: list[str], more: list[str], day: date
) -> None:
    pack = pack_of()
    known = pack.group_of("country", [*codes, "unknown"], day)
    assert known in (None, pack.group_of("country", [*codes, *more], day))


@given(codes=st.lists(st.sampled_from(["AA", "BB", "CC", "unknown"]), max_size=4), day=DAYS)
def test_the_order_and_number_of_codes_make_no_difference(codes: list[str], day: date) -> None:
    pack = pack_of()
    assert pack.group_of("country", codes, day) == pack.group_of(
        "country", [*reversed(codes), *codes], day
    )


def test_a_code_list_has_the_codes_of_those_it_includes() -> None:
    lists = kinds()["code_lists"]
    own = {"ngo": {"label": {"nl": "eigen", "en": "own"}}}
    lists["wider"] = {**lists["kind"], "include": ["kind", "wider"], "items": own}
    pack = pack_of(code_lists=lists)
    assert set(pack.codes_of("wider")) == {"ngo", "police"}
    assert pack.label_of("wider", "ngo", "en") == "own"
    assert pack.label_of("wider", "police", "nl") == "police (nl)"
    assert pack.label_of("wider", "strange", "nl") == "strange"


def test_a_text_falls_back_on_the_first_language(pack: Pack) -> None:
    assert pack.text({"nl": "ja", "en": "yes"}, "en") == "yes"
    assert pack.text({"nl": "ja", "en": "yes"}, "ar") == "ja"


def test_a_source_is_shown_with_the_nearest_check_date(pack: Pack) -> None:
    ref = SourceRef(source="LAW", article="article 1", confidence="seen")
    assert pack.cite(ref).checked_on == date(2020, 1, 1)
    later = ref.model_copy(update={"checked_on": date(2021, 1, 1)})
    cited = pack.cite(later)
    assert (cited.title, cited.article, cited.url, cited.confidence) == (
        "Act",
        "article 1",
        "https://law.example/act",
        "seen",
    )
    assert cited.checked_on == date(2021, 1, 1)


def test_british_nationals_are_eu_until_the_end_of_the_transition() -> None:
    pack = load_pack("nl")
    assert pack.group_of("nationality", ["GB"], date(2020, 12, 31)) == "eu"
    assert pack.group_of("nationality", ["GB"], date(2021, 1, 1)) == "third_country"
