# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: S603, T201
"""Are there known vulnerabilities in what we lock? Asks, and never takes silence for a no.

pip-audit calls a package that the service does not know "skipped" and ends with 0; behind a
mirror without advisories that is every package. So first a package is asked for of which
vulnerabilities have been known for years: a service that knows none of them knows nothing.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SERVICES = ("pypi", "osv")
# Known since 2014 (CVE-2014-1402 among others); it is looked up, never installed.
KNOWN_BAD = "jinja2==2.4.1"
CLEAN, FOUND, NOT_CHECKED = 0, 1, 3
PATIENCE = 600  # seconds for all packages together


def main() -> int:
    """Print what is known and return the exit status."""
    for service in SERVICES:
        if knows_something(service):
            return judge(audit(service, LOCKS), service)
    print(f"NOT CHECKED: none of the services {', '.join(SERVICES)} answers from here.")
    print("Nothing is known about vulnerabilities. Run this where the network allows it.")
    return NOT_CHECKED


def knows_something(service: str) -> bool:
    """Tell whether a service is reached and knows of vulnerabilities known for years."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "known.txt"
        asked.write_text(f"{KNOWN_BAD}\n")
        answer = audit(service, [asked], "--no-deps")
    return answer is not None and any(each.get("vulns") for each in answer)


def audit(service: str, files: Sequence[Path], *options: str) -> list[dict[str, Any]] | None:
    """Return what a service says of each package; None when it could not be asked."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = [
            sys.executable, "-m", "pip_audit", "--disable-pip", "--progress-spinner", "off",
            "--vulnerability-service", service, "--format", "json", "--output", str(told),
            *options,
        ]  # fmt: skip
        for file in files:
            command += ["--requirement", str(file)]
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return None
        try:
            found: list[dict[str, Any]] = json.loads(told.read_text())["dependencies"]
        except (OSError, ValueError, KeyError):
            return None
    return found


def judge(answer: list[dict[str, Any]] | None, service: str) -> int:
    """Print what was found, and return the exit status."""
    if not answer:
        print(f"NOT CHECKED: the service {service} stopped answering.")
        return NOT_CHECKED
    bad = [each for each in answer if each.get("vulns")]
    for each in bad:
        for known in each["vulns"]:
            names = ", ".join([known["id"], *known.get("aliases", [])])
            mended = ", ".join(known.get("fix_versions", [])) or "no version yet"
            print(f"{each['name']} {each['version']}: {names}; mended in {mended}")
    unknown = [each["name"] for each in answer if "skip_reason" in each]
    if unknown:
        print(f"NOT CHECKED: {service} does not know {', '.join(sorted(unknown))}")
    if bad:
        return FOUND
    if unknown:
        return NOT_CHECKED
    print(f"No vulnerability is known in {len(answer)} locked packages (asked: {service}).")
    return CLEAN


if __name__ == "__main__":
    sys.exit(main())
