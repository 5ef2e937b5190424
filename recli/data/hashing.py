"""A share in [0, 1) for each pair of a user and an item, which any machine works out by itself.

xxHash64 of the seed and of both nums, one after the other, as ``xxhash64(seed, user, item)`` is in Spark SQL (Collet,
*xxHash fast digest algorithm*): a cluster and recli split alike, and no row has to know of another.
"""

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_P1, _P2, _P3, _P4, _P5 = (
    np.uint64(prime)
    for prime in (
        0x9E3779B185EBCA87,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0x85EBCA77C2B2AE63,
        0x27D4EB2F165667C5,
    )
)
_START = 42
"""Spark's."""


def shares(user_nums: NDArray[np.int32], item_nums: NDArray[np.int32], seed: int) -> NDArray[np.float64]:
    """Return (n,) shares in [0, 1) of (n,) pairs."""
    with np.errstate(over="ignore"):  # all of it is modulo 2⁶⁴
        hashes = _long(np.uint64(seed), np.full(1, _START, np.uint64))
        hashes = _integer(item_nums, _integer(user_nums, hashes))
    return (hashes >> np.uint64(11)) / 2.0**53


def _long(value: np.uint64, seeds: Hashes) -> Hashes:
    hashes = seeds + _P5 + np.uint64(8)
    hashes = hashes ^ (_rotated(np.asarray([value]) * _P2, 31) * _P1)
    return _mixed(_rotated(hashes, 27) * _P1 + _P4)


def _integer(values: NDArray[np.int32], seeds: Hashes) -> Hashes:
    hashes = seeds + _P5 + np.uint64(4)
    hashes = hashes ^ (values.view(np.uint32).astype(np.uint64) * _P1)
    return _mixed(_rotated(hashes, 23) * _P2 + _P3)


def _rotated(hashes: Hashes, bits: int) -> Hashes:
    return (hashes << np.uint64(bits)) | (hashes >> np.uint64(64 - bits))


def _mixed(hashes: Hashes) -> Hashes:
    for bits, factor in ((33, _P2), (29, _P3)):
        hashes = (hashes ^ (hashes >> np.uint64(bits))) * factor
    return hashes ^ (hashes >> np.uint64(32))
