# SPDX-License-Identifier: EUPL-1.2
"""Side-by-side measurements. Nothing of it is imported by the product; see README.md."""
