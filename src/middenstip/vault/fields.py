# SPDX-License-Identifier: EUPL-1.2
"""A column whose whole content is sealed, for rows that have a key of their own.

The row's primary key, a UUID, names the key; whoever removes the row destroys the key
(`destroy_key`). In memory the value is plain, in the database it never is.
"""

import json
from typing import Any
from uuid import UUID

from django.db import models

from middenstip.vault.services import keys_of, make_keys


class SealedJSONField(models.TextField):  # type: ignore[type-arg]
    """JSON that is sealed with the key of its row; empty once that key is destroyed.

    Read and written as a mapping. Cannot be searched in the database.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the sealed text; a row that has no key yet is given one."""
        row: UUID = model_instance.pk
        key = keys_of([row]).get(row) or make_keys([row])[row]
        plain = json.dumps(getattr(model_instance, self.attname))
        return f"{row} {key.seal(self._place(), plain)}"

    def from_db_value(self, value: str | None, *context: Any) -> dict[str, Any]:
        """Return the mapping that was stored; empty when no key opens it any more."""
        row, _, sealed = (value or "").partition(" ")
        if not sealed:
            return {}
        key = keys_of([UUID(row)]).get(UUID(row))
        return {} if key is None else json.loads(key.open(self._place(), sealed))

    def to_python(self, value: Any) -> Any:
        """Return the value as it is: it is plain on this side."""
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return the text made by `pre_save`; TypeError for a value that was not sealed."""
        if not isinstance(value, str):
            raise TypeError("a sealed column is written with save(), never with update()")
        return value

    def _place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"
