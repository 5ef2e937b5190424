import pytest

from recli.core.errors import UsageError
from recli.models import memory


def test_three_quarters_of_the_memory_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 8 * memory.GIB)
    assert memory.fits(6 * memory.GIB)
    assert not memory.fits(6 * memory.GIB + 1)
    memory.require_memory(6 * memory.GIB, "this", "recli train dot")


def test_a_refusal_tells_both_numbers_and_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 8 * memory.GIB)
    with pytest.raises(UsageError, match=r"ease needs 7\.5 GiB of memory, and this machine has 8\.0 GiB") as refusal:
        memory.require_memory(15 * memory.GIB // 2, "ease", "recli train dot")
    assert refusal.value.fix == "recli train dot"


def test_a_system_that_does_not_tell_its_memory_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: None)
    assert memory.fits(2**80)
