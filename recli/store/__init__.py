"""The artifact store: references, manifests, atomic publishing, verified reading. Knows directories, not models."""

from recli.store.artifact import Artifact
from recli.store.status import VersionStatus
from recli.store.store import Store

__all__ = ["Artifact", "Store", "VersionStatus"]
