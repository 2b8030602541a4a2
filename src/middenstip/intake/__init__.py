# SPDX-License-Identifier: EUPL-1.2
"""Notifications of possible victims: a form in steps, and files in the HTCDS standard."""

"""Notifications of possible victims: a form in steps, and files in the HTCDS standard."""
