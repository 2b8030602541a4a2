# SPDX-License-Identifier: EUPL-1.2
"""Middenstip, a National Referral Mechanism for victims of human trafficking."""
