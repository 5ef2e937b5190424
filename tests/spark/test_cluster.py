import socket
from pathlib import Path

import pytest

from recli.core.errors import NetworkError, UsageError
from recli.spark import cluster
from recli.spark.cluster import Cluster


def test_without_a_master_it_is_this_machine_with_what_is_left_of_it_in_one_folder(tmp_path: Path) -> None:
    own = Cluster.read(None)
    assert own.is_local
    settings = own.settings(tmp_path)
    assert settings["spark.master"] == "local[*]"
    assert settings["spark.local.dir"] == str(tmp_path)
    assert settings["spark.ui.enabled"] == "false"


def test_what_a_person_sets_goes_before(tmp_path: Path) -> None:
    own = Cluster.read("spark://host:7077", ["spark.ui.enabled=true", "spark.hadoop.fs.s3a.endpoint=http://a?b=c"])
    assert own.settings(tmp_path)["spark.ui.enabled"] == "true"
    assert own.settings(tmp_path)["spark.hadoop.fs.s3a.endpoint"] == "http://a?b=c"
    assert "spark.local.dir" not in own.settings(tmp_path)  # each worker has its own disk


def test_options_of_java_join_recli_own(tmp_path: Path) -> None:
    own = Cluster.read(None, ["spark.driver.extraJavaOptions=-Xss64m -XX:+UseZGC"])
    assert (
        own.settings(tmp_path)["spark.driver.extraJavaOptions"] == "-Xss16m -Xss64m -XX:+UseZGC"
    )  # Java obeys the last


@pytest.mark.parametrize(
    "master", ["local", "local[4]", "local[*,2]", "yarn", "k8s://https://host:443", "spark://a:1,b:2"]
)
def test_masters_that_there_are(master: str) -> None:
    assert Cluster.read(master).master == master


@pytest.mark.parametrize("master", ["", "host:7077", "http://host:7077", "local[", "spark://"])
def test_masters_that_there_are_not(master: str) -> None:
    with pytest.raises(UsageError, match="--master takes"):
        Cluster.read(master)


@pytest.mark.parametrize("setting", ["spark.ui.enabled", "=x", "ui.enabled=true", "spark.x="])
def test_settings_that_are_none(setting: str) -> None:
    with pytest.raises(UsageError, match="--spark-conf takes"):
        Cluster.read(None, [setting])


def test_the_master_is_said_in_one_way_alone() -> None:
    with pytest.raises(UsageError, match="said by --master") as refusal:
        Cluster.read("yarn", ["spark.master=local[2]"])
    assert refusal.value.fix == "--master local[2]"


def test_no_secret_is_shown() -> None:
    assert Cluster.read("spark://me:secret@host:7077").shown == "spark://host:7077"
    assert cluster.without_credentials("s3a://KEY:SECRET@bucket/a@b.parquet") == "s3a://bucket/a@b.parquet"
    assert cluster.without_credentials("hdfs://host/x") == "hdfs://host/x"
    assert cluster.without_credentials("at s3a://K:A/B+c@bucket/x: denied") == "at s3a://bucket/x: denied"
    assert cluster.without_credentials("abfss://container@account/x") == "abfss://container@account/x"


def test_a_master_that_does_not_answer_is_told_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        port = closed.getsockname()[1]
        with pytest.raises(NetworkError, match=f"no Spark master answers at 127.0.0.1:{port}"):
            Cluster.read(f"spark://127.0.0.1:{port}").require_reachable()
        with socket.create_server(("127.0.0.1", 0)) as other:
            listens = other.getsockname()[1]
            Cluster.read(f"spark://127.0.0.1:{port},127.0.0.1:{listens}").require_reachable()


def test_a_master_without_a_port_is_no_crash() -> None:
    with pytest.raises(NetworkError, match="no Spark master answers"):
        Cluster.read("spark://host").require_reachable()
