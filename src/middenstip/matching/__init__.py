# SPDX-License-Identifier: EUPL-1.2
"""The same person, known at once: find candidates, show why, let a human decide.

Knows no Django and no database. Records go in, scored pairs with their reasons come out.
"""
