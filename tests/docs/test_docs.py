# SPDX-License-Identifier: EUPL-1.2
"""What the documents say is so: every command in them is run, every link leads somewhere."""

import re
import subprocess
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")]
    if page.is_file()
)
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(script/|middenstip |bash |echo |\.venv/bin/|[A-Z_]+=\S+ script/)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")

# Commands that are run by a test of their own, or are the run this test stands in.
RUN_ELSEWHERE = {
    r"script/demo": "tests/ground/test_demo_start.py",
    r"script/test": "tests/ground/test_scripts.py",
    r"script/check": "tests/ground/test_scripts.py",
    r"bash \.ci/run": "tests/ground/test_scripts.py",
    r"script/bench": "tests/ground/test_scripts.py",
    r"script/audit-dependencies": "tests/ground/test_dependencies.py",
    r"script/vendor": "needs npm packages; run by who renews them",
    r"(script/)?middenstip db (backup|restore) ": "tests/database",
    r"(script/)?middenstip db ": "tests/ground/test_embedded.py",
    r"(script/)?middenstip worker": "tests/jobs",
    r"(script/)?middenstip manage ": "tests/ground/test_cli.py",
    r"(script/)?middenstip access ": "tests/access",
    r"(script/)?middenstip import ": "tests/intake",
    r"(script/)?middenstip demo ": "tests/demo",
    r"(script/)?middenstip thread ": "tests/thread",
    r"(script/)?middenstip vault ": "tests/vault",
    r"(script/)?middenstip audit ": "tests/audit",
    r"(script/)?middenstip guide ": "tests/guide/test_export.py",
    r"(script/)?middenstip match ": "tests/matching",
    r"(script/)?middenstip pack (schema|preview|translations --)": "tests/pack",
    r"\.venv/bin/uv pip compile": "needs the package index; run by who changes a dependency",
}


def commands() -> list[tuple[str, str]]:
    """Return (page, command) for every command line in a block of a page."""
    found = []
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            for line in block.splitlines():
                if COMMAND.match(line):
                    command = re.split(r"\s{2,}", line.strip())[0]
                    found.append((str(page.relative_to(ROOT)), command))
    return found


def run_elsewhere(command: str) -> str | None:
    return next(
        (where for start, where in RUN_ELSEWHERE.items() if re.match(start, command)), None
    )


HERE = [(page, command) for page, command in commands() if run_elsewhere(command) is None]


def test_there_are_commands_to_run() -> None:
    assert len(HERE) >= 5


@pytest.mark.parametrize(("page", "command"), HERE, ids=lambda value: value[:60])
def test_a_command_of_the_documents_works(page: str, command: str) -> None:
    line = re.sub(r"^middenstip ", "script/middenstip ", command)
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{page}: {command}\n{done.stderr}"


def test_commands_run_elsewhere_name_tests_that_are_there() -> None:
    for where in RUN_ELSEWHERE.values():
        assert not where.startswith("tests/") or (ROOT / where).exists(), where


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()
    ]
    assert not broken


@pytest.mark.django_db
def test_the_logins_of_the_operators_page_can_be_made_and_are_what_it_says() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    made = re.findall(r"^CREATE ROLE .*;$", page, re.MULTILINE)
    assert len(made) == 5
    with connection.cursor() as cursor:
        for line in made:
            cursor.execute(line.replace("middenstip_", "of_the_page_"))
        cursor.execute(
            "SELECT rolname, pg_has_role(rolname, 'of_the_page_app', 'MEMBER'),"
            " pg_has_role(rolname, 'of_the_page_worker', 'MEMBER'), rolsuper OR rolbypassrls"
            " FROM pg_roles WHERE rolname IN ('of_the_page_web', 'of_the_page_night')"
        )
        assert set(cursor.fetchall()) == {
            ("of_the_page_web", True, False, False),
            ("of_the_page_night", False, True, False),
        }


NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")


def named_tests() -> list[tuple[str, str]]:
    """Return (file, test) for every test that the threat model and the privacy page name."""
    pages = [ROOT / "docs/threat-model.md", ROOT / "docs/privacy.md"]
    return sorted({found for page in pages for found in NAMED.findall(page.read_text())})


def test_the_threat_model_names_tests() -> None:
    assert len([test for _, test in named_tests() if test]) >= 40


@pytest.mark.parametrize(("file", "test"), named_tests(), ids=lambda value: value[:80])
def test_a_test_that_is_named_is_there(file: str, test: str) -> None:
    place = ROOT / file
    assert place.exists(), file
    if test:
        assert re.search(rf"^\s*(async )?def {test}\(", place.read_text(), re.MULTILINE), test
