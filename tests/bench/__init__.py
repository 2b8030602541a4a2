# SPDX-License-Identifier: EUPL-1.2
"""Of the measurements only what must be right is tested; never how long something takes."""
