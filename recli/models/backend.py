"""Starting TensorFlow: once, late, and without its chatter."""

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from recli.core.errors import UsageError
from recli.core.imports import absent

log = logging.getLogger("recli")

_deterministic = False


def start() -> None:
    """Import Keras on TensorFlow, unless that is done; what the import prints goes to the log instead of stderr.

    Raises:
        UsageError: this process has imported Keras on another backend already.
    """
    if "keras" not in sys.modules:
        _import()
    if _deterministic:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UsageError("Keras runs on another backend in this process", fix="export KERAS_BACKEND=tensorflow")


def limit_threads(n: int) -> None:
    """Let this process compute on n cores, for one of several that fit side by side; call it before ``start``."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = str(n)


def threads() -> int:
    """Return how many cores this process may compute on."""
    return int(os.environ.get("TF_NUM_INTRAOP_THREADS") or 0) or os.cpu_count() or 1


def be_deterministic() -> None:
    """Compute the same bits on any number of cores; call it before ``start``.

    TensorFlow cuts a product of matrices among its threads, and rounds differently with another number of them: so
    there is one. It also gives up operations that would add up in whatever order threads end.

    Raises:
        UsageError: TensorFlow has started its threads already.
    """
    global _deterministic
    if not _deterministic and "tensorflow" in sys.modules:
        raise UsageError(
            "TensorFlow runs with several threads in this process: determinism has to be asked for in a new one",
            fix="recli train --deterministic",
        )
    limit_threads(1)
    _deterministic = True


def _import() -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Keras would import these for its scikit-learn wrappers and its own plots: a third of the time that it takes.
    with _stderr_to_log(), absent("sklearn", "matplotlib", "pandas"):
        import keras
        import tensorflow as tf

        log.debug("Keras %s", keras.__version__)
        tf.config.list_physical_devices()  # looks for GPUs now, while what it says is captured
    # The collector need not walk TensorFlow's million objects again, least of all at exit, where that takes a second.
    gc.freeze()


@contextmanager
def _stderr_to_log() -> Iterator[None]:
    """Send file descriptor 2 to the debug log: TensorFlow's C++ notes about absent GPUs come before its log level."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as capture:
        os.dup2(capture.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            capture.seek(0)
            for line in capture.read().decode(errors="replace").splitlines():
                log.debug("tensorflow: %s", line)
