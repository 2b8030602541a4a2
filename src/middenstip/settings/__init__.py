# SPDX-License-Identifier: EUPL-1.2
"""Settings: `base` holds what all share, one small module for each way of running."""
