"""Compare versions on the rows that none of them learned from."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.significance import Totals, differences
from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, UsageError, require, require_one_of
from recli.core.judgement import Difference, RankingProtocol
from recli.core.results.compare import BY, HIGHER_IS_BETTER, Compared, CompareResult
from recli.core.run import Metrics
from recli.models.predictor import Predictor
from recli.operations.artifacts import TEST_ROWS, load_predictor, open_version, read_rows
from recli.operations.comparable import comparison
from recli.operations.evaluate import BY_DEFAULT, OnRanked
from recli.operations.held_out import common_rows, dataset_of
from recli.operations.judging import Predicted, judge_rows
from recli.operations.ranks import Ranked, rank
from recli.operations.record import RunRecord
from recli.operations.verdicts import error_totals
from recli.store import Artifact, Store


def compare(
    store: Store,
    refs: Sequence[str],
    *,
    by: str = BY[0],
    ranking: RankingProtocol = BY_DEFAULT,
    on_ranked: OnRanked = lambda ref, done, total: None,
) -> CompareResult:
    """Judge versions, and the bias baseline, on their common held-out rows.

    A row counts where every version holds it out: what one of them learned from, or stopped early by, would flatter it.

    Args:
        store: holds the versions and their dataset.
        refs: two references or more, as a person types them.
        by: one of ``BY``; rankings are made for nDCG alone.
        ranking: how to judge rankings.
        on_ranked: called while a version's rankings are made.

    Raises:
        UsageError: fewer than two versions, one twice, or a metric that is not known or that no version has.
        NotFoundError: there is no such version, or its dataset is gone.
        InputDataError: they are of different datasets, or have no held-out row in common.
        IntegrityError: a version is damaged.
    """
    require_one_of("--by", by, BY, fix="recli compare --help")
    artifacts = _distinct([open_version(store, ref) for ref in refs])
    _require_one_dataset(artifacts)
    data = dataset_of(store, artifacts[0], {})
    held_out = [read_rows(artifact, TEST_ROWS, len(data.ratings)) for artifact in artifacts]
    common = common_rows(held_out, len(data.ratings))
    if not len(common):
        raise InputDataError(_no_common_row(artifacts, held_out), fix=comparison(store, artifacts))
    candidates = _candidates(artifacts, [len(rows) - len(common) for rows in held_out], data, common)
    ranked = [_rank(one, data, common, ranking, on_ranked) for one in candidates] if by == "ndcg" else None
    return _result(data, by, common, candidates, ranked, all(len(rows) == len(common) for rows in held_out))


@dataclass(frozen=True, eq=False)
class _Candidate:
    """One of what is compared, with its answers on the common rows."""

    ref: str
    is_baseline: bool
    left_out: int
    predictor: Predictor
    predictions: Predicted
    metrics: Metrics


def _rank(
    one: _Candidate, data: Dataset, common: NDArray[np.int64], protocol: RankingProtocol, on_ranked: OnRanked
) -> Ranked:
    name = "the baseline" if one.is_baseline else one.ref
    return rank(one.predictor, data, common, protocol, lambda *users: on_ranked(name, *users))


def _candidates(
    artifacts: Sequence[Artifact], left_out: Sequence[int], data: Dataset, common: NDArray[np.int64]
) -> list[_Candidate]:
    """Let every version, and the bias baseline of the first, answer for the common rows."""
    predictors = [load_predictor(artifact) for artifact in artifacts]
    first = predictors[0]
    baseline = dataclasses.replace(first, model=first.baseline, support=first.baseline_support)
    named = [(artifact.ref, False) for artifact in artifacts] + [(artifacts[0].ref, True)]
    found = []
    for (ref, is_baseline), predictor, out in zip(
        named, [*predictors, baseline], [*left_out, left_out[0]], strict=True
    ):
        metrics, predictions = judge_rows(predictor.predict, data.ratings, common)
        found.append(_Candidate(ref, is_baseline, out, predictor, predictions, metrics))
    return found


def _result(
    data: Dataset,
    by: str,
    common: NDArray[np.int64],
    candidates: Sequence[_Candidate],
    ranked: Sequence[Ranked] | None,
    same_rows: bool,
) -> CompareResult:
    """Sort what is compared, and hold each against the best version."""
    having = [n for n, one in enumerate(candidates) if by != "median_mae" or one.metrics.median_mae is not None]
    if not having:
        fix = f"recli compare {_versions(candidates)} --by mae"
        raise UsageError("none of them predicts a distribution, which has a median", fix=fix)
    totals = (
        _ranking_totals(ranked, candidates)
        if ranked
        else _error_totals(data, by, common, [candidates[n] for n in having])
    )
    values, higher = totals.metric(), by in HIGHER_IS_BETTER
    order = sorted(range(len(having)), key=lambda place: -values[place] if higher else values[place])
    best = next(place for place in order if not candidates[having[place]].is_baseline)
    held = differences(totals, best, higher_is_better=higher)
    entries = [_entry(candidates, having[p], ranked, held[p] if p != best else None) for p in order]
    entries += [_entry(candidates, n, ranked, None) for n in range(len(candidates)) if n not in having]
    return CompareResult(
        dataset=data.name,
        fingerprint=data.fingerprint,
        by=by,
        n=len(common),
        users=totals.users,
        best=candidates[having[best]].ref,
        same_rows=same_rows,
        entries=tuple(entries),
        ranked_users=ranked[0].report.ranked_users if ranked else None,
        of_users=ranked[0].report.of_users if ranked else None,
    )


def _entry(
    candidates: Sequence[_Candidate], n: int, ranked: Sequence[Ranked] | None, difference: Difference | None
) -> Compared:
    one = candidates[n]
    accuracy = ranked[n].report.accuracy if ranked else None
    return Compared(
        one.ref, one.is_baseline, one.left_out, one.metrics, accuracy.ndcg if accuracy else None, difference
    )


def _error_totals(data: Dataset, by: str, common: NDArray[np.int64], candidates: Sequence[_Candidate]) -> Totals:
    medians = (one.predictions.medians for one in candidates)
    values = [one.predictions.values for one in candidates]
    if by == "median_mae":
        values = [found for found in medians if found is not None]
    return error_totals(data.ratings.take(common), values)["rmse" if by == "rmse" else "mae"]


def _ranking_totals(ranked: Sequence[Ranked], candidates: Sequence[_Candidate]) -> Totals:
    """Add up nDCG; who has a relevant candidate depends on the rows alone, not on the model."""
    quality = np.stack([one.ndcg for one in ranked], axis=1)
    judged = ~np.isnan(quality[:, 0])
    if not judged.any():
        raise InputDataError(
            f"no user has a relevant item among the common held-out rows, from {ranked[0].report.relevant:g} stars",
            fix=f"recli compare {_versions(candidates)} --by mae",
        )
    return Totals(quality[judged], np.ones(np.count_nonzero(judged)))


def _versions(candidates: Sequence[_Candidate]) -> str:
    return " ".join(one.ref for one in candidates if not one.is_baseline)


def _distinct(artifacts: Sequence[Artifact]) -> Sequence[Artifact]:
    refs = [artifact.ref for artifact in artifacts]
    require(len(refs) >= 2, "compare takes two versions or more", fix="recli models list")
    twice = next((ref for ref in refs if refs.count(ref) > 1), None)
    require(twice is None, f"{twice} is named twice: a version is not compared with itself", fix="recli models list")
    return artifacts


def _require_one_dataset(artifacts: Sequence[Artifact]) -> None:
    first, *others = ((artifact.ref, RunRecord.read(artifact.manifest).dataset) for artifact in artifacts)
    for ref, dataset in others:
        if dataset.fingerprint != first[1].fingerprint:
            named = (f"{r} on {d.name}, fingerprint {d.fingerprint[:12]}…" for r, d in (first, (ref, dataset)))
            raise InputDataError(
                f"they were trained on different data: {' and '.join(named)}: errors on other rows compare nothing",
                fix=f"recli train {ref.split(':')[0]} --dataset {first[1].name}",
            )


def _no_common_row(artifacts: Sequence[Artifact], held_out: Sequence[NDArray[np.int64]]) -> str:
    parts = (
        f"{artifact.ref} {len(rows):,} by {_split(artifact)}"
        for artifact, rows in zip(artifacts, held_out, strict=True)
    )
    return f"no row is held out by all of them ({'; '.join(parts)}): what one is judged on, another has learned from"


def _split(artifact: Artifact) -> str:
    """Name a version's split, whichever recli wrote it down."""
    split = artifact.manifest.about.get("split")
    if not isinstance(split, Mapping):
        return "a split of its own"
    return f"{split.get('name', split.get('method', 'split'))}, seed {split.get('seed', 'unknown')}"
