"""Checks on stored arrays before a model believes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import IntegrityError


def checked(
    arrays: Mapping[str, NDArray[Any]], shapes: Mapping[str, tuple[int | None, ...]]
) -> dict[str, NDArray[np.float32]]:
    """Return the arrays named by ``shapes``; ``None`` in a shape fits any length.

    Raises:
        IntegrityError: an array is missing, or its dtype or shape is another.
    """
    for name, shape in shapes.items():
        if name not in arrays:
            raise IntegrityError(f"weights lack the array {name}", fix="recli models list")
        array = arrays[name]
        fits = array.ndim == len(shape) and all(
            want in (None, has) for want, has in zip(shape, array.shape, strict=True)
        )
        if array.dtype != np.float32 or not fits:
            raise IntegrityError(
                f"weights {name} are {array.dtype} {array.shape}, not float32 {shape}", fix="recli models list"
            )
    return {name: arrays[name] for name in shapes}
