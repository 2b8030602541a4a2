# SPDX-License-Identifier: EUPL-1.2
"""Every form of the product: labels, hints and mistakes are tied to their field."""

import datetime
import re

import pytest
from django import forms
from django.utils import translation

from middenstip.web.forms import DateField


class Example(forms.Form):
    place = forms.CharField(label="Plaats", help_text="Alleen de gemeente")
    day = DateField(label="Dag")
    children = forms.IntegerField(label="Kinderen", required=False, min_value=0)
    bed = forms.ChoiceField(
        label="Bed", choices=[("yes", "Ja"), ("no", "Nee")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Weet het")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_mistake_and_a_hint_are_tied_to_their_field() -> None:
    page = str(Example({}))
    field = re.search(r'<input[^>]*id="id_place"[^>]*>', page)
    assert field
    assert 'aria-describedby="id_place_helptext id_place_error"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert 'id="id_place_helptext"' in page
    assert 'id="id_place_error"' in page


def test_the_summary_links_to_a_control_that_exists_for_every_mistake() -> None:
    page = str(Example({}))
    targets = re.findall(r'href="#([^"]+)"', page)
    assert set(targets) == {"id_place", "id_day", "id_bed_0", "id_agreed"}
    for target in targets:
        assert f'id="{target}"' in page


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert "ms-error-summary" not in str(Example())


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    page = str(Example())
    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>Bed</legend>", page)


def test_what_is_no_number_or_date_is_shown_again_as_typed() -> None:
    page = str(Example({"children": "veel", "day": "31-02-2014"}))
    assert 'value="veel"' in page
    assert 'value="31-02-2014"' in page
    assert 'type="number"' not in page


def test_a_form_keeps_the_classes_a_room_chose() -> None:
    class Own(forms.Form):
        one = forms.CharField(widget=forms.TextInput(attrs={"class": "eigen"}))

    assert 'class="utrecht-textbox utrecht-textbox--html-input eigen"' in str(Own())


def test_typed_markup_stays_text() -> None:
    assert "<script>" not in str(Example({"place": "<script>", "day": "<script>"}))


@pytest.mark.parametrize(
    "typed", ["17-11-2014", "17/11/2014", "17.11.2014", "17 11 2014", " 2014-11-17 "]
)
def test_a_date_is_read_with_the_day_first(typed: str) -> None:
    assert DateField().clean(typed) == datetime.date(2014, 11, 17)


def test_a_date_that_could_be_read_two_ways_is_read_as_day_and_month() -> None:
    for language in ("nl", "en"):
        with translation.override(language):
            assert DateField().clean("03-04-2014") == datetime.date(2014, 4, 3)


@pytest.mark.parametrize("typed", ["31-02-2014", "11-17-2014", "gisteren", "9" * 2_000_000])
def test_what_is_no_date_is_refused_with_an_example(typed: str) -> None:
    with translation.override("nl"), pytest.raises(forms.ValidationError) as caught:
        DateField().clean(typed)
    assert caught.value.messages == [
        "Dit is geen datum. Schrijf dag, maand en jaar, zoals 17-11-2014."
    ]
