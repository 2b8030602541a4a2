# SPDX-License-Identifier: EUPL-1.2
"""The guide on paper: a result, a card for in a shoe, and sheets to hand over, as PDF.

Everything is made in memory and kept nowhere. What stands on a paper is put together in Python
(`document`); the Typst files beside it only set it.
"""
