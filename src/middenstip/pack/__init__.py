# SPDX-License-Identifier: EUPL-1.2
"""Country packs: what a country decides, read from files into one immutable object."""
