# SPDX-License-Identifier: EUPL-1.2
"""What the vault tells other rooms, without knowing them. Sent inside the transaction.

`found_by`: what persons are found by was stored; `values` maps a person's id to the kinds that
were given (`tokens.KINDS`), in clear. Whoever gives one kind of name gives all that is known.
"""

from django.dispatch import Signal

found_by = Signal()
