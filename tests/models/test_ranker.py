import logging

import numpy as np
import pytest

from recli.models.configs import RankerConfig
from recli.models.ranker import RankerModel
from recli.models.ranking import blend, ials
from tests.models.test_contract import ADDITIVE, silent, toy


def test_what_much_data_will_take_is_said_beforehand(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ials, "seconds_needed", lambda *_: 3 * 3600.0)
    few, many = (RankerModel(RankerConfig()) for _ in range(2))
    with caplog.at_level(logging.WARNING, logger="recli"):
        few.fit(toy(ADDITIVE), silent)
        assert not caplog.records
        monkeypatch.setattr(blend, "MANY_RATINGS", 1)
        many.fit(toy(ADDITIVE), silent)
    assert "ranker on 12 training ratings: about 90 min to factorise" in caplog.text  # two at a time
    assert np.array_equal(few.blend.factors[0], many.blend.factors[0])
