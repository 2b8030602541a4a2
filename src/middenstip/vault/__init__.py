# SPDX-License-Identifier: EUPL-1.2
"""The vault: a key for each person, so that what is stored can be made unreadable for ever.

Other rooms call `vault.services` only. Nothing is imported here: the settings load this package
before Django is ready.
"""
