# SPDX-License-Identifier: EUPL-1.2
"""Make notifications in the HTCDS 2.0 standard: ``python -m bench.make_notifications FOLDER``.

Writes ``notifications.csv`` and ``notifications.json`` with the standard's own column names
and codes (UN Migration, version 2.0 of 24 December 2021, CC BY 4.0). All people are fictional,
their names say so, and the same seed gives the same files. Lists are separated by ``;``.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from rich.progress import track

FIRST, LAST = date(2021, 1, 4), date(2024, 12, 20)
# org_Type, and how often it sends a notification (in a hundred).
SENDERS = {
    "LawEnforcement": 45,
    "NGO": 20,
    "LocalGovernmentOrganisation": 9,
    "HealthServiceOrganisation": 8,
    "ImmigrationService": 6,
    "LegalService": 5,
    "SchoolOrCollege": 3,
    "CentralGovernmentOrganisation": 3,
    "CorporateBusiness": 1,
}
GENDERS = {
    "Feminine": 66,
    "Masculine": 28,
    "TransgenderFeminine": 2,
    "TransgenderMasculine": 1,
    "NonConforming": 1,
    "NonSpecifiedUnknown": 2,
}
STATUSES = {
    "PossibleVictimOfTrafficking": 80,
    "ActualVictimOfTrafficking": 17,
    "NotAVictimOfTrafficking": 3,
}
EXPLOITATION = {
    "SexualExploitation": 48,
    "ForcedLabour": 28,
    "Servitude": 5,
    "ForcedBegging": 4,
    "ForcedMarriage": 3,
    "ChildLabour": 3,
    "OrganRemoval": 1,
    "ForcedMilitaryByNonStateActors": 1,
    "ForcedAdoption": 1,
    "Surrogacy": 1,
    "Other": 5,
}
RECRUITMENT = (
    "AtAPlaceOfBusiness",
    "AtAnEducationalInstitution",
    "AtWork",
    "ThroughOnlineSocialNetworks",
    "ThroughAnOnlineAdvertisement",
    "ThroughATelevisionAdvert",
    "ThroughANewspaperAdvert",
    "ThroughFamilyOrFamilyEvents",
    "ThroughFriendsOrSocialEvents",
    "Other",
)
CONTROL = (
    "PhysicalThreats",
    "ThreatsLawEnforcement",
    "ThreatensChildrenFamily",
    "DebtBondage",
    "FalsePromises",
    "PhysicalAbuse",
    "SexualAbuse",
    "TakesEarnings",
    "RestrictsFinancialAccess",
    "RestrictsMedicalCare",
    "WithholdsNecessities",
    "PsychologicalAbuse",
    "PsychoactiveSubstance",
    "ExcessiveWorkingHours",
    "WithholdsDocuments",
    "Other",
)
INDUSTRIES = (
    "A_AgricultureForestryAndFishing",
    "C_Manufacturing",
    "F_Construction",
    "H_TransportationAndStorage",
    "I_AccommodationAndFoodServiceActivities",
    "N_AdministrativeAndSupportServiceActivities",
    "S_OtherServiceActivities",
    "T_ActivitiesOfHouseholdsAsEmployers",
)
# ISO 3166-1 alpha-3 and the ISO 639-2 code of a language spoken there.
ORIGINS = {
    "NLD": ("nld", 22),
    "NGA": ("eng", 12),
    "ROU": ("ron", 10),
    "BGR": ("bul", 8),
    "POL": ("pol", 8),
    "HUN": ("hun", 7),
    "UGA": ("eng", 6),
    "ALB": ("sqi", 5),
    "VNM": ("vie", 5),
    "CHN": ("zho", 4),
    "ERI": ("tir", 4),
    "UKR": ("ukr", 4),
    "MAR": ("ara", 3),
    "XXA": ("ara", 2),
}
GIVEN = ("Proef", "Verzonnen", "Voorbeeld", "Fictie", "Test", "Nep", "Bedacht")
FAMILY = ("Testpersoon", "Voorbeeldmens", "Fictief", "Verzinsel", "Nietecht", "Proefgeval")

Row = dict[str, Any]


def notifications(count: int, seed: int) -> list[Row]:
    """Return that many notifications; values are texts, lists of texts or yes/no."""
    dice = Random(seed)
    return [_notification(dice, number) for number in range(1, count + 1)]


def _notification(dice: Random, number: int) -> Row:
    day = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))
    sender = _pick(dice, SENDERS)
    consent = dice.random() < (0.3 if sender == "LawEnforcement" else 0.6)
    origin = _pick(dice, {code: share for code, (_, share) in ORIGINS.items()})
    forms = list(
        dict.fromkeys(_pick(dice, EXPLOITATION) for _ in range(dice.choice((1, 1, 1, 2))))
    )
    row: Row = {
        "x_RecordId": f"FICTIEF-{number:05}",
        "cas_IncomingReferralDate": day.isoformat(),
        "org_Type": sender,
        "con_Consent": consent,
        "prs_Gender": _pick(dice, GENDERS),
        "prs_Citizenship": [origin],
        "prs_PrimaryLanguage": ORIGINS[origin][0],
        "vic_TraffickingStatus": _pick(dice, STATUSES),
        "vic_TypeOfExploitation": forms,
        "vic_MethodOfRecruitment": [dice.choice(RECRUITMENT)],
        "vic_MethodsOfControl": sorted(dice.sample(CONTROL, dice.randrange(4))),
        "hte_Type": "Exploitation",
        "hte_Country": "NLD" if dice.random() < 0.85 else dice.choice(("BEL", "DEU", "ITA")),
        "cas_Status": "Active",
    }
    if "ForcedLabour" in forms:
        row["vic_ForcedLabourIndustry"] = dice.choice(INDUSTRIES)
    if dice.random() < 0.85:
        years = dice.uniform(9, 17) if "ChildLabour" in forms else dice.triangular(11, 62, 24)
        row["prs_Birthdate"] = (day - timedelta(days=int(years * 365.25))).isoformat()
    if consent or sender == "LawEnforcement":
        row["prs_FirstName"] = dice.choice(GIVEN)
        row["prs_SecondName"] = f"{dice.choice(FAMILY)} {number}"
        if dice.random() < 0.4:
            row["prs_MobilePhone"] = f"+316000{dice.randrange(100_000):05}"
    return row


def _pick(dice: Random, shares: dict[str, int]) -> str:
    return dice.choices(list(shares), list(shares.values()))[0]


def write_csv(rows: Sequence[Row], file: Path) -> None:
    """Write the rows with every column that occurs; lists joined by ``;``."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        for row in track(rows, description="csv"):
            writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def main() -> None:
    """Make both files in a folder and say where they are."""
    reader = argparse.ArgumentParser(description="Make fictional notifications (HTCDS 2.0).")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--count", type=int, default=2000)
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    rows = notifications(asked.count, asked.seed)
    write_csv(rows, asked.folder / "notifications.csv")
    text = json.dumps({"records": rows}, ensure_ascii=False, indent=1)
    (asked.folder / "notifications.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(rows)} notifications in {asked.folder}/notifications.csv and .json")


if __name__ == "__main__":
    main()
