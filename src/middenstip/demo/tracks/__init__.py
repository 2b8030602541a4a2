# SPDX-License-Identifier: EUPL-1.2
"""What can happen to a fictional person, one module for each side of it."""
