# SPDX-License-Identifier: EUPL-1.2
"""The rules: what a thread of events means under the law of a day."""
