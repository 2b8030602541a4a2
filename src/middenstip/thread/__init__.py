# SPDX-License-Identifier: EUPL-1.2
"""The thread: persons, cases, events and everything derived from them. The heart."""
