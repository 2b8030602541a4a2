# SPDX-License-Identifier: EUPL-1.2
"""What is kept of a look."""
from uuid import uuid4
import pytest
from middenstip.access.actors import Actor
from middenstip.audit.looks import collecting, looked
from middenstip.audit.models import ReadEntry
pytestmark = pytest.mark.django_db

def test_one():
    actor = Actor(uuid4(), uuid4(), "police", "P", False, "nl", "investigation")
    case = uuid4()
    with collecting("desk:case"):
        looked(actor=actor, case_id=case, categories=["b"])
        looked(actor=actor, case_id=case, categories=["a"])
    looked(actor=actor, cases=[uuid4(), case], categories=["a"])
    print(ReadEntry.objects.order_by("id").values())
    assert ReadEntry.objects.count() == 2
