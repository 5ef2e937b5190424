import sys

import pytest

from recli.core.imports import absent


def test_what_is_absent_cannot_be_imported_and_comes_back() -> None:
    sys.modules.pop("colorsys", None)
    with absent("colorsys"), pytest.raises(ModuleNotFoundError):
        import colorsys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_what_is_imported_already_stays() -> None:
    import json

    with absent("json"):
        import json as again
    assert again is json


def test_it_comes_back_after_a_failure_too() -> None:
    sys.modules.pop("colorsys", None)
    with pytest.raises(ZeroDivisionError), absent("colorsys"):
        raise ZeroDivisionError
    assert "colorsys" not in sys.modules
