import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.errors import UsageError
from recli.core.reference import ArtifactRef, is_name


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("dot", ArtifactRef("dot", alias="latest")),
        ("dot@best", ArtifactRef("dot", alias="best")),
        ("dot:3", ArtifactRef("dot", version=3)),
        ("dot:0003", ArtifactRef("dot", version=3)),
        ("my-model.v2:12", ArtifactRef("my-model.v2", version=12)),
    ],
)
def test_references_read_as_people_type_them(text: str, ref: ArtifactRef) -> None:
    assert ArtifactRef.parse(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":3",
        "@best",
        "dot:",
        "dot@",
        "dot:x",
        "dot:-1",
        "dot:0",
        "dot:3@best",
        "Dot",
        "../dot",
        "dot@../x",
        "a/b",
        "dot:1.5",
    ],
)
def test_anything_else_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="not a reference") as refusal:
        ArtifactRef.parse(text)
    assert refusal.value.fix == "recli models list"


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        ref = ArtifactRef.parse(text)
    except UsageError:
        return
    assert is_name(ref.name)
    assert ArtifactRef.parse(str(ref)) == ref


@pytest.mark.parametrize("name", ["a", "ml-100k", "x" * 64, "0.1_b"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", ".a", "-a", "A", "a/b", "a\n", "x" * 65, "é"])
def test_no_names(name: str) -> None:
    assert not is_name(name)
