# SPDX-License-Identifier: EUPL-1.2
"""The public guide: what exists for this person. Nothing that is answered is kept."""
