# SPDX-License-Identifier: EUPL-1.2
"""A chain of organisations, a person who was notified, and asking about somebody."""

from collections.abc import Callable, Iterator

import pytest

from middenstip.access.actors import Actor
from middenstip.blindcheck import codes, selectors, services
from middenstip.blindcheck.selectors import Asking
from middenstip.thread.records import NewIdentity, Opened
from tests.thread.chain import Chain, member

NAME = ("Zonnestraal", "Verzonneling")
BORN = "1994-05-17"
Ask = Callable[..., Asking]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    codes.forget()
    yield
    codes.forget()


@pytest.fixture
def chain(db: None) -> Chain:
    return Chain()


@pytest.fixture
def ngo(chain: Chain) -> Actor:
    return member("ngo")


@pytest.fixture
def opened(chain: Chain) -> Opened:
    return known(chain)


def known(
    chain: Chain, given: str = NAME[0], family: str = NAME[1], born: str = BORN
) -> Opened:
    """Somebody whom the police notified."""
    return chain.notified(
        facts={"birth_date": born, "nationalities": ["NG"]},
        identity=NewIdentity(given_name=given, family_name=family),
    )


def ask(actor: Actor, given: str = NAME[0], family: str = NAME[1], born: str = BORN) -> Asking:
    """Ask through the door, and read the answer."""
    question = services.ask(actor=actor, asked=services.Asked(given, family, born))
    return selectors.question_of(actor=actor, question_id=question)
