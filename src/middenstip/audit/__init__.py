# SPDX-License-Identifier: EUPL-1.2
"""The read log: who looked at the data of which person, for whom and why."""
