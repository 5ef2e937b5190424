"""Linear algebra that gives the same bits however many cores a machine has."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numpy's BLAS and LAPACK use one thread.

    They cut a sum among their threads, and so round it differently with another number of them. That is harmless
    until a random draw hangs on the last digit: from there on two chains of the same seed have nothing in common.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
