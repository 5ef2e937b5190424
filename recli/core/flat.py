"""Nested records as rows."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Leaf = str | int | float | None


def flatten(value: Any, name: str = "", *, lists: bool = False) -> Iterator[tuple[str, Leaf]]:
    """Walk nested JSON: ``{"rating": {"mean": 3.5}}`` gives ``("rating.mean", 3.5)``.

    Lists are left out, or where they are wanted, written as JSON.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flatten(inner, f"{name}.{key}" if name else str(key), lists=lists)
    elif not isinstance(value, list):
        yield name, value
    elif lists:
        yield name, json.dumps(value)
