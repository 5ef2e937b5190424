"""Keeping the store up: names, checks, removal."""

from collections.abc import Sequence

from recli.core.errors import IntegrityError, UsageError
from recli.core.reference import ArtifactRef
from recli.core.results.upkeep import Collected, Removed, Tagged, Verification
from recli.store import Store
from recli.store.removal import Removal


def tag(store: Store, ref: str, alias: str) -> Tagged:
    """Let an alias mean a version.

    Raises:
        UsageError: no reference, or no name that an alias can have.
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
    """
    parsed = ArtifactRef.parse(ref)
    version, before = store.tag(parsed, alias)
    return Tagged(
        f"{parsed.name}@{alias}", f"{parsed.name}:{version}", None if before is None else f"{parsed.name}:{before}"
    )


def untag(store: Store, name: str) -> Tagged:
    """Forget an alias, given as ``dot@champion``.

    Raises:
        UsageError: the text names no alias.
        NotFoundError: there is none of this name.
    """
    parsed = ArtifactRef.parse(name)
    if "@" not in name or parsed.alias is None:
        raise UsageError(f"{name} names no alias: write NAME@ALIAS", fix="recli models untag dot@champion")
    before = store.untag(parsed.name, parsed.alias)
    return Tagged(str(parsed), None, None if before is None else f"{parsed.name}:{before}")


def verify(store: Store, refs: Sequence[str] = (), *, datasets: bool = False) -> Verification:
    """Check size, dtype, shape and SHA-256 of every file of versions; without references, of all that the store holds.

    Raises:
        NotFoundError: there is no such version.
    """
    return Verification(tuple(store.verify([ArtifactRef.parse(ref) for ref in refs], datasets=datasets)))


def require_sound(found: Verification) -> None:
    """Raise ``IntegrityError`` that names all that is damaged."""
    if found.damaged:
        names = ", ".join(check.name for check in found.damaged)
        fix = next((check.fix for check in found.damaged if check.fix), "recli models list")
        raise IntegrityError(f"{len(found.damaged)} of {len(found.checks)} damaged: {names}", fix=fix)


def plan_removal(store: Store, refs: Sequence[str], *, force: bool = False) -> tuple[Removed, ...]:
    """Return what removing versions would take away; nothing is removed as long as one of them cannot be.

    Raises:
        NotFoundError: there is no such version.
        UsageError: one has aliases, and they are not to go too.
    """
    from recli.store.removal import check_removable

    plans = {plan.ref: plan for plan in (store.plan_removal(ArtifactRef.parse(ref)) for ref in refs)}
    for plan in plans.values():
        check_removable(plan, force=force)
    return tuple(map(_removed, plans.values()))


def remove(store: Store, planned: Sequence[Removed], *, force: bool = False) -> tuple[Removed, ...]:
    """Remove versions, each in one step; their numbers are never used again.

    Raises:
        NotFoundError: another process has removed one since.
        UsageError: one has got an alias since.
        BusyError: another process reads one.
    """
    return tuple(_removed(store.remove(ArtifactRef.parse(plan.ref), force=force)) for plan in planned)


def collect(store: Store, keep_last: int, *, dry_run: bool = False) -> Collected:
    """Remove what nobody named or reads but the newest sound versions of each model, and what killed processes left.

    Args:
        store: to make room in.
        keep_last: versions to keep of each model.
        dry_run: only look.

    Raises:
        BusyError: another gc is at work.
        IntegrityError: an alias is damaged: it could mean any version.
    """
    found = store.collect(keep_last, dry_run=dry_run)
    return Collected(
        dry_run=dry_run,
        keep_last=keep_last,
        removed=tuple(map(_removed, found.removed)),
        held=found.held,
        leftovers=tuple((entry.path, entry.bytes) for entry in found.leftovers),
        bytes=found.bytes,
    )


def _removed(removal: Removal) -> Removed:
    return Removed(removal.ref, removal.bytes, removal.aliases)
