"""What ``--engine`` refuses, and with which code; no Java starts here."""

from pathlib import Path

import pytest

from recli.spark import java
from recli.store import Store
from tests.cli.conftest import Recli

SPARK = ("--engine", "spark")


@pytest.fixture(autouse=True)
def _small_store(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny.root))


@pytest.mark.parametrize(
    ("argv", "code", "words", "fix"),
    [
        (
            ["train", "als", "--engine", "sprak"],
            2,
            "--engine must be one of local, spark",
            "recli train als --engine spark",
        ),
        (["train", "als", "--master", "local[2]"], 2, "--master has no part in it", "recli train als --engine spark"),
        (["train", "als", "--ratings", "x", "--force"], 2, "--ratings and --force have no part", "recli train als"),
        (["stats", "tiny", "--spark-conf", "spark.x=1"], 2, "--spark-conf has no part in it", "recli stats"),
        (
            ["train", "dot", "-d", "tiny", *SPARK],
            2,
            "--engine spark fits als, not dot",
            "recli train als --engine spark",
        ),
        (["train", "als", *SPARK, "--master", "here"], 2, "--master takes local[N]", "--master spark://HOST:7077"),
        (["train", "als", *SPARK, "--spark-conf", "x"], 2, "--spark-conf takes a setting", "--spark-conf spark."),
        (["train", "als", *SPARK, "--split", "kfold:3"], 2, "one split at a time", "--split kfold:3/1"),
        (["train", "als", *SPARK, "--resume"], 2, "--resume has no part in it", "recli train als --engine spark"),
        (["train", "als", *SPARK, "--columns", "user=a"], 2, "--columns has no part", "recli train als --engine spark"),
        (["train", "als", *SPARK, "--ratings", "x"], 2, "--ratings needs a name", "--dataset mine"),
        (
            ["train", "als", *SPARK, "--ratings", "x", "-d", "tiny"],
            2,
            "is what recli fetch tiny gets",
            "--dataset mine",
        ),
        (
            ["stats", "tiny", *SPARK, "--ratings", "x"],
            2,
            "--ratings says what is counted",
            "recli stats --engine spark",
        ),
        (["recommend", "--user", "1", *SPARK], 2, "is for --all-users", "recli recommend --all-users --engine spark"),
        (["recommend", "--all-users", *SPARK, "-m", "dot"], 2, "--engine spark knows als, not dot", "--model als"),
        (["recommend", "--all-users", *SPARK, "--diversity", "1"], 2, "no diverse lists", "--model als"),
        (["train", "als", "-d", "tiny", *SPARK, "--master", "spark://127.0.0.1:1"], 7, "no Spark master answers", ""),
    ],
)
def test_what_is_refused(
    argv: list[str], code: int, words: str, fix: str, recli: Recli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("train", "stats", "recommend"):
        monkeypatch.setattr(f"recli.operations.on_spark.{module}.require_spark", lambda: None)
    monkeypatch.setattr("recli.spark.session.require_spark", lambda: None)
    ran = recli(*argv)
    assert ran.code == code, ran.err
    assert words in ran.err
    assert fix in ran.err.partition("  fix: ")[2]


def test_what_is_missing_is_told_with_the_line_that_brings_it(
    recli: Recli, tiny: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ("train", "als", "-d", "tiny", *SPARK)
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    without_pyspark = recli(*argv)
    assert (without_pyspark.code, "fix: pip install 'recli[spark]'" in without_pyspark.err) == (2, True)
    monkeypatch.setattr(java, "find_spec", lambda name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    without_java = recli(*argv)
    assert (without_java.code, "there is none" in without_java.err) == (4, True)
    assert tiny.versions("als") == []
