# SPDX-License-Identifier: EUPL-1.2
"""The demo: a running product with fictional data."""
