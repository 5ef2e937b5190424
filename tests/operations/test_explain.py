"""Every word that is printed is explained, and found however it is written."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from recli.core.errors import NotFoundError
from recli.core.glossary import TERMS
from recli.core.judgement import ListMetrics, RankingMetrics
from recli.core.results.project import Faithfulness
from recli.core.shown_by import SHOWS, shown_by
from recli.operations.explain import explain
from recli.render.map_text import METHOD_NAMES, faithfulness_words
from tests.render.command_views import COMMANDS
from tests.render.test_views import on_terminal

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
        ("mae_difference", "difference"),
        ("true neighbours kept", "true neighbours kept"),
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
    if key not in ("users", "auc_users", "lists", "places", "catalogue"):  # counts, which say what they are
        assert explain(key).terms


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _keys(inner)


def _printed(command: str) -> str:
    """Return what a command's table, columns and keys say."""
    made = [make("Alien (1979)") for make in COMMANDS[command]]
    texts = [text for view in made for text in (on_terminal(view, 200), *view.header, *_keys(view.json))]
    if command == "project":  # a map says its own method; that of the fixed result has too few points to judge
        texts += [*METHOD_NAMES.values(), faithfulness_words(Faithfulness(10, 0.97, 0.39), "items")]
    return " ".join(texts).casefold()


@pytest.mark.parametrize("command", SHOWS)
def test_a_command_prints_the_terms_that_it_is_said_to_show(command: str) -> None:
    printed, known = _printed(command), {term.name: term for term in TERMS}
    for name in SHOWS[command]:
        words = "|".join(re.escape(word.casefold()) for word in (name, *known[name].also))
        assert re.search(rf"(?<![\w-])({words})(s|es)?(?![\w-])", printed), name


def test_a_term_names_the_commands_that_show_it() -> None:
    assert shown_by("density") == ("stats",)
    assert shown_by("nDCG") == ("evaluate", "compare")
    assert shown_by("long tail") == ()


@pytest.mark.parametrize("command", ["stats", "evaluate"])
def test_words_under_a_table_are_explained(command: str) -> None:
    told = {word for make in COMMANDS[command] for word in make("Alien (1979)").words}
    assert told <= set(SHOWS[command])
    assert told
