"""Every word that is printed is explained, and found however it is written."""

import dataclasses
from pathlib import Path

import pytest

from recli.core.errors import NotFoundError
from recli.core.glossary import TERMS
from recli.core.judgement import ListMetrics, RankingMetrics
from recli.operations.explain import explain

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("nDCG", "nDCG"),
        ("ndcg@10", "nDCG"),
        ("COLD START", "cold start"),
        ("cold-starts", "cold start"),
        ("median_mae", "median MAE"),
        ("tsne", "t-SNE"),
        (" mae ", "MAE"),
        ("baseline", "bias baseline"),
        ("residuals", "residual"),
        ("biases", "bias"),
        ("similarities", "cosine similarity"),
        ("log losses", "log loss"),
        ("loss", "loss"),
        ("artifact", "version"),
        ("mean absolute errors", "MAE"),
    ],
)
def test_a_term_is_found_however_it_is_written(asked: str, name: str) -> None:
    (term,) = explain(asked).terms
    assert term.name == name


def test_a_misspelt_term_is_not_found_and_what_was_meant_is_named() -> None:
    with pytest.raises(NotFoundError) as refusal:
        explain("precicion")
    assert refusal.value.candidates[0] == "precision"
    assert refusal.value.exit_code == 4


def test_without_a_term_all_are_listed() -> None:
    assert explain(None).terms == TERMS


def test_no_name_means_two_terms() -> None:
    names = [name.casefold() for term in TERMS for name in {term.name, *term.also}]
    assert len(names) == len(set(names)) + sum(term.name.casefold() in map(str.casefold, term.also) for term in TERMS)


def test_each_term_has_a_page_to_read_on() -> None:
    assert not [term.name for term in TERMS if not (ROOT / term.see).is_file()]


@pytest.mark.parametrize(
    "key", [field.name for kind in (RankingMetrics, ListMetrics) for field in dataclasses.fields(kind)]
)
def test_every_metric_of_rankings_is_explained(key: str) -> None:
    if key not in ("users", "lists", "places", "catalogue"):  # counts, which say what they are
        assert explain(key).terms
