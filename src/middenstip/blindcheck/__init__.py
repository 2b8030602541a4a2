# SPDX-License-Identifier: EUPL-1.2
"""Known without being told: ask whether the coordination point knows somebody, by codes."""
