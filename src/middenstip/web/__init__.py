# SPDX-License-Identifier: EUPL-1.2
"""The design system, the layout and the shared components; knows no case and no law."""
