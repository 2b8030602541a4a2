# SPDX-License-Identifier: EUPL-1.2
"""The law as the system knows it, to browse."""
