# SPDX-License-Identifier: EUPL-1.2
"""`python -m middenstip` is the command `middenstip`."""

from middenstip.cli import main

main()
