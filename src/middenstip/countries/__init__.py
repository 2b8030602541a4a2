# SPDX-License-Identifier: EUPL-1.2
"""Country packs shipped with the program: data only."""
