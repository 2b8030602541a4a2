# SPDX-License-Identifier: EUPL-1.2
"""The same doors as the screens, for programs: JSON under `/api/v1/`."""
