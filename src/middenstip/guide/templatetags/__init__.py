# SPDX-License-Identifier: EUPL-1.2
"""Tags for the templates of the guide."""
