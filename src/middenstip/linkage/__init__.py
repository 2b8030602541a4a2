# SPDX-License-Identifier: EUPL-1.2
"""One person in several files: shown to a human, who decides; joined, never poured together."""
