"""What differs between two versions."""

from collections.abc import Mapping
from typing import Any

from recli.core.errors import IntegrityError
from recli.core.flat import flatten
from recli.core.results.diff import DiffRow, ModelDiff
from recli.operations.artifacts import METRICS, open_version
from recli.store import Artifact, Store


def diff_models(store: Store, first: str, second: str) -> ModelDiff:
    """Put all that two versions say about themselves side by side.

    Raises:
        NotFoundError: there is no such version.
        IntegrityError: one is damaged.
    """
    artifacts = [open_version(store, ref) for ref in (first, second)]
    one, other = (_sections(artifact) for artifact in artifacts)
    names = [*one, *(name for name in other if name not in one)]
    return ModelDiff(
        refs=(artifacts[0].ref, artifacts[1].ref),
        sections={name: _rows(one.get(name, {}), other.get(name, {})) for name in names},
    )


def _sections(artifact: Artifact) -> dict[str, Mapping[str, Any]]:
    """Return section → what it says, from ``manifest.json`` and ``metrics.json``; what neither names is ``other``."""
    manifest, metrics = artifact.manifest, artifact.read_json(METRICS)
    if not isinstance(metrics, dict) or not isinstance(metrics.get("metrics"), dict):
        raise IntegrityError(f"{METRICS} of {artifact.ref} is malformed", fix="recli models list")
    about = dict(manifest.about)
    configuration = ("parameters", "parameter_count", "baseline")
    return {
        "configuration": {
            "model": manifest.name,
            **{name: about.pop(name) for name in configuration if name in about},
        },
        "data": _section(about, "dataset"),
        "split": _section(about, "split"),
        "fit": _section(about, "fit"),
        "environment": {"created": manifest.created, "recli": manifest.recli, **_section(about, "environment")},
        "metrics": {**metrics["metrics"], "baseline": metrics.get("baseline")},
        "other": about,
    }


def _section(about: dict[str, Any], name: str) -> dict[str, Any]:
    found = about.pop(name, {})
    return dict(found) if isinstance(found, Mapping) else {name: found}


def _rows(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[DiffRow, ...]:
    """Pair what two sections say by name, in the order of the first; ``None`` is what one does not say."""
    first, second = (dict(flatten(section, lists=True)) for section in (one, other))
    names = [*first, *(name for name in second if name not in first)]
    return tuple(DiffRow(name, first.get(name), second.get(name)) for name in names)
