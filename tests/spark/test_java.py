"""What is missing for Spark is named with the line that brings it, before anything is started."""

from pathlib import Path

import pytest

from recli.core.errors import NotFoundError, UsageError
from recli.spark import java

INSTALL = "apt install openjdk-17-jre-headless"


@pytest.fixture(autouse=True)
def _a_linux_with_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java.sys, "platform", "linux")
    monkeypatch.setattr(java, "find_spec", lambda name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)


def fake_java(folder: Path, told: str) -> Path:
    """A ``java`` that says its version on stderr, as Java does."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("told", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023-09-19'])
def test_java_17_and_newer_will_do(told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_java(tmp_path, told).parent))
    java.require_spark()


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as refusal:
        java.require_spark()
    assert refusal.value.fix == "pip install 'recli[spark]'"


def test_no_java_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFoundError, match=r"there is none$") as refusal:
        java.require_spark()
    assert refusal.value.fix == INSTALL


def test_a_java_home_without_java_is_to_be_forgotten_where_the_path_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", "/no/such/jdk")
    monkeypatch.setenv("PATH", str(fake_java(tmp_path, 'openjdk version "17.0.1"').parent))
    with pytest.raises(NotFoundError, match="none in JAVA_HOME, /no/such/jdk") as refusal:
        java.require_spark()
    assert refusal.value.fix == "unset JAVA_HOME"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFoundError) as refusal:
        java.require_spark()
    assert refusal.value.fix == INSTALL


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('openjdk version "1.8.0_292"', "is Java 8$"),
        ('openjdk version "11.0.2" 2019-01-15', "is Java 11$"),
        ("segmentation fault", "does not run$"),
    ],
)
def test_an_old_java_is_told_with_its_version(
    told: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_java(tmp_path, told)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(NotFoundError, match=words) as refusal:
        java.require_spark()
    assert refusal.value.fix == INSTALL
