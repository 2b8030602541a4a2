# SPDX-License-Identifier: EUPL-1.2
"""Log lines without the data of persons."""

import logging
import traceback
from types import TracebackType


class QuietFormatter(logging.Formatter):
    """Writes of an exception its type and where it happened, never its text.

    The text of a database error repeats the row ("Key (name)=(...) already exists"), that of a
    validation error what somebody typed. What cannot be shown safely is left out.
    """

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return the chain of types with file, line and function of each frame."""
        lines: list[str] = []
        error = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            lines += [
                f"  {frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
