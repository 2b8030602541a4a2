# SPDX-License-Identifier: EUPL-1.2
"""Every text of the interface is in Dutch, and one that is not is named."""

from pathlib import Path

import pytest

from middenstip import messages


@pytest.fixture
def package(tmp_path: Path) -> Path:
    room = tmp_path / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "apps.py").write_text("")
    (room / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        "a = _('A door')\n"
        "b = ngettext('%(n)s day left', '%(n)s days left', 2)\n"
        "c = pgettext_lazy('of a month', 'May')\n"
    )
    (room / "templates" / "room" / "page.html").write_text(
        "{% load i18n %}<p>It isn't \"right\" yet</p>{# don't #}\n"
        "{% translate 'A window' %}\n"
        "{% blocktranslate trimmed with name=x %}\n  Hello\n  {{ name }}\n"
        "{% endblocktranslate %}"
    )
    return tmp_path


def _translate(package: Path, **texts: str) -> Path:
    path = messages.catalogue_path(package / "room")
    source = path.read_text()
    for english, dutch in texts.items():
        source = source.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{dutch}"'
        )
    path.write_text(source)
    return path


def test_texts_of_code_and_templates_are_found(package: Path) -> None:
    found = {use.key for use in messages.uses(package / "room")}
    assert found == {
        (None, "A door"),
        (None, "%(n)s day left"),
        ("of a month", "May"),
        (None, "A window"),
        (None, "Hello %(name)s"),
    }


def test_a_missing_text_is_named_with_file_and_line(package: Path) -> None:
    found = messages.problems(package)
    assert "room/views.py:2: not in Dutch: 'A door'" in found
    assert "room/templates/room/page.html:2: not in Dutch: 'A window'" in found
    assert len(found) == 5


def test_update_adds_each_text_once_and_an_empty_one_is_still_missing(package: Path) -> None:
    assert list(messages.add_missing(package).values()) == [5]
    assert messages.add_missing(package) == {}
    assert len(messages.problems(package)) == 5
    _translate(package, **{"A door": "Een deur"})
    assert len(messages.problems(package)) == 4


def test_a_lost_placeholder_and_a_fuzzy_text_are_problems(package: Path) -> None:
    messages.add_missing(package)
    path = _translate(package, **{"Hello %(name)s": "Hallo", "A window": "Een raam"})
    path.write_text(path.read_text().replace('msgid "A window"', '#, fuzzy\nmsgid "A window"'))
    found = [line for line in messages.problems(package) if "django.po" in line]
    assert len(found) == 2
    assert any("fuzzy" in line for line in found)
    assert any("Hello" in line for line in found)


def test_compiling_gives_what_gettext_reads_and_only_what_changed(package: Path) -> None:
    import gettext

    messages.add_missing(package)
    path = _translate(package, **{"A door": "Een deur"})
    (compiled,) = messages.compile_all(package)
    assert messages.compile_all(package) == []
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("A door") == "Een deur"
    assert compiled == path.with_suffix(".mo")


def test_every_text_of_the_interface_is_in_dutch() -> None:
    assert messages.problems() == []
