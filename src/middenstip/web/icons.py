# SPDX-License-Identifier: EUPL-1.2
"""The few drawings of the product, on a field of 20 by 20, in the colour of the text."""

SHAPES: dict[str, str] = {
    "check": '<path d="M4 10.5l4 4 8-9" fill="none" stroke="currentColor" stroke-width="2.5"'
    ' stroke-linecap="round" stroke-linejoin="round"/>',
    "attention": '<path d="M10 2.2L18.6 17.5H1.4Z" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linejoin="round"/><path d="M10 7.5v4.5" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round"/>'
    '<circle cx="10" cy="14.8" r="1.2" fill="currentColor"/>',
    "info": '<circle cx="10" cy="10" r="8.5" fill="none" stroke="currentColor"'
    ' stroke-width="2"/><path d="M10 9.2v5" stroke="currentColor" stroke-width="2.2"'
    ' stroke-linecap="round"/><circle cx="10" cy="5.8" r="1.3" fill="currentColor"/>',
    "clock": '<circle cx="10" cy="10" r="8.5" fill="none" stroke="currentColor"'
    ' stroke-width="2"/><path d="M10 5v5.5l3.5 2" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round"/>',
    "silent": '<path d="M6 3.5a8.5 8.5 0 1 0 8 0" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round"/><path d="M3 3l14 14" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round"/>',
}


def svg(name: str) -> str:
    """Return the drawing as inline SVG, hidden from screen readers; `KeyError` if unknown."""
    return (
        '<svg class="ms-icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"'
        f' focusable="false">{SHAPES[name]}</svg>'
    )
