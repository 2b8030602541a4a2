# SPDX-License-Identifier: EUPL-1.2
"""The web pages without walls; served by `bench.walls` only."""

from bench.unwalled import take_down
from middenstip.wsgi import application

__all__ = ["application"]
take_down()
