# shellcheck shell=bash
# SPDX-License-Identifier: EUPL-1.2
# Shared by the scripts: $root is the checkout.

say() { printf '==> %s\n' "$*" >&2; }

# What the environment depends on: where it stands, the locked packages, our own metadata.
stamp() {
  (
    cd -- "$root" &&
      printf '%s\n' "$root" &&
      cksum requirements/build.txt requirements/dev.txt pyproject.toml
  )
}

# Tells whether .venv is up to date. Starts no Python: it stands before every command.
fresh() {
  local mark="$root/.venv/.middenstip-stamp" po
  [ -f "$mark" ] || return 1
  for po in "$root"/src/middenstip/*/locale/*/LC_MESSAGES/*.po; do
    if [ -e "$po" ] && { [ ! -e "${po%.po}.mo" ] || [ "$po" -nt "${po%.po}.mo" ]; }; then
      return 1
    fi
  done
  [ "$(stamp)" = "$(<"$mark")" ]
}
