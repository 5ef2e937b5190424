"""Train one peer and write its answers: ``python -m benchmarks.peers MODEL ROWS.npz ANSWERS``."""

import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from benchmarks.answers import Answers, peak_bytes
from benchmarks.peers import PEERS, PeerModel
from benchmarks.peers.peer import Peer, Rows


def answer(wanted: PeerModel, rows: Rows) -> Answers:
    """Import the library, fit, and collect what the model says."""
    try:
        import_module(wanted.package)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == wanted.package
        return Answers("not installed", "" if missing else f"import {wanted.package}: {error}")
    peer_class: type[Peer] = getattr(import_module(wanted.module), wanted.name)
    peer = peer_class(rows)
    started = time.perf_counter()
    peer.fit()
    seconds, peak = time.perf_counter() - started, peak_bytes()
    library = f"{wanted.distribution} {version(wanted.distribution)}"
    return Answers("ok", "", library, seconds, peak, arrays=peer.answers())


if __name__ == "__main__":
    name, rows_file, stem = sys.argv[1:]
    answer(PEERS[name], Rows.load(Path(rows_file))).save(Path(stem))
