# SPDX-License-Identifier: EUPL-1.2
"""Background work: the daily task and what rooms hang on it."""
