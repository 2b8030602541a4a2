# SPDX-License-Identifier: EUPL-1.2
"""The screens for work: the worklist, the case page, recording what happened."""
