# SPDX-License-Identifier: EUPL-1.2
"""Holds no tables: Django sends post_migrate only to rooms with a models module."""
