# SPDX-License-Identifier: EUPL-1.2
"""Who works here: organisations, people, memberships, and the actor of a request."""
