"""Names for versions: one small file each, which names an old version or a new one and never none."""

from collections.abc import Iterable
from pathlib import Path

from recli.core.errors import IntegrityError, NotFoundError, UsageError
from recli.core.reference import is_name
from recli.store import io
from recli.store.catalog import alias_names, alias_text, alias_version
from recli.store.layout import ALIASES, LATEST, MODELS
from recli.store.reading import refuse_links
from recli.store.staging import ensure_directory, replace_file


def check_alias(alias: str) -> None:
    """Raise ``UsageError`` for what is no name, or means the newest version whatever anybody says."""
    if not is_name(alias):
        raise UsageError(
            f"not a name: {alias!r}: take a letter or digit, then letters, digits, dots, dashes, underscores",
            fix="recli models tag dot champion",
        )
    if alias == LATEST:
        raise UsageError("latest is always the newest version: take another name", fix="recli models tag dot champion")


def set_alias(root: Path, model: str, alias: str, version: int) -> int | None:
    """Let a name mean a version, and return what it meant before; ``None`` for nothing or nothing that can be read."""
    refuse_links(root, (MODELS, model, ALIASES), fix=None)
    path = root / MODELS / model / ALIASES / alias
    before = _version_or_none(root, model, alias)
    ensure_directory(path.parent)
    replace_file(root, path, alias_text(model, alias, version))
    return before


def drop_alias(root: Path, model: str, alias: str) -> int | None:
    """Forget a name, a damaged one too, and return what it meant.

    Raises:
        NotFoundError: the model has no such name.
    """
    names = alias_names(root, model) if is_name(model) else []
    if alias not in names:
        candidates = [f"{model}@{name}" for name in names]
        raise NotFoundError(f"{model} has no alias {alias!r}", fix="recli models list", candidates=candidates)
    refuse_links(root, (MODELS, model, ALIASES), fix=None)
    before = _version_or_none(root, model, alias)
    drop_aliases(root, model, [alias])
    return before


def drop_aliases(root: Path, model: str, aliases: Iterable[str]) -> None:
    """Remove the files of names."""
    folder = root / MODELS / model / ALIASES
    names = list(aliases)
    for alias in names:
        io.remove_file(folder / alias)
    if names:
        io.sync_directory(folder)


def aliased_versions(root: Path, model: str) -> set[int]:
    """Return the versions that somebody named.

    Raises:
        IntegrityError: a name's file is damaged: it could mean any version.
    """
    return {alias_version(root, model, alias) for alias in alias_names(root, model)}


def names_of(root: Path, model: str, version: int) -> tuple[str, ...]:
    """Return the names that somebody gave a version, sorted."""
    return tuple(name for name in alias_names(root, model) if _version_or_none(root, model, name) == version)


def _version_or_none(root: Path, model: str, alias: str) -> int | None:
    try:
        return alias_version(root, model, alias)
    except IntegrityError:
        return None
