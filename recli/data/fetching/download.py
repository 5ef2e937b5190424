"""Downloads one file: bounded, tried again, taken up where it broke off, and given its name only once it is whole."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recli.core.errors import IntegrityError, NetworkError, StorageError
from recli.data.fetching.archives import MAX_ARCHIVE_BYTES
from recli.data.fetching.part import Part
from recli.data.fetching.server import FIX, OK, PARTIAL, UNSATISFIABLE, TryAgainError, answer, public, require_success

if TYPE_CHECKING:
    from requests import Response

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have come and the bytes expected, ``None`` where the server does not say."""

ATTEMPTS = 4
"""How often a download is begun before the server is given up."""
_FIRST_PAUSE = 0.5
"""Seconds before the second attempt; each pause is twice the one before it."""
_LONGEST_PAUSE = 30.0
"""Seconds, whatever a server asks for."""
_SLOWEST = 100.0
"""Bytes a second, on average once ``_PATIENCE_SECONDS`` are over: a server that drips never falls silent."""
_PATIENCE_SECONDS = 60.0
_CHUNK_BYTES = 64 << 10

_log = logging.getLogger("recli")


class _Size(NamedTuple):
    """Bytes of a file."""

    exact: int | None
    most: int


def download(
    url: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    most_bytes: int = MAX_ARCHIVE_BYTES,
    progress: Progress | None = None,
) -> None:
    """Download a file, and give it its name only once it is whole.

    What has come of it before the network fails stays beside it, as ``NAME.part``; the next attempt, in this process or
    in a later one, asks for the rest alone, if the server still has the same file.

    Args:
        url: of http or https.
        target: where it goes; its directory exists.
        size: bytes it must have.
        sha256: hex digest it must have.
        most_bytes: that are taken of a file whose size is not known.
        progress: told after every chunk.

    Raises:
        NetworkError: no answer, a refusal, or a connection that broke again and again.
        IntegrityError: what came is not what was promised.
        StorageError: it cannot be written.
    """
    part, limit = Part(target, public(url)), _Size(size, most_bytes)
    try:
        resumed = _receive_patiently(url, part, limit, sha256, progress)
        try:
            _verify(part.path, url, size, sha256)
        except IntegrityError:
            part.remove()
            if not resumed:
                raise
            _log.info("%s changed while it was downloaded: once more, from its beginning", public(url))
            _receive_patiently(url, part, limit, sha256, progress)
            _verify(part.path, url, size, sha256)
        part.path.replace(target)
        part.remove()
    except OSError as error:
        raise StorageError(f"cannot write {target}: {error}") from error
    finally:
        part.remove_unless_useful()


def _receive_patiently(url: str, part: Part, size: _Size, sha256: str | None, progress: Progress | None) -> bool:
    """Receive a file in as many attempts as it may take; tell whether any of it was there before."""
    pause, resumed = _FIRST_PAUSE, False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            resumed |= part.note() is not None
            _receive(url, part, size, sha256, progress)
            break
        except TryAgainError as error:
            if attempt == ATTEMPTS:
                raise NetworkError(f"cannot download {public(url)}: {error}", fix=FIX) from error
            wait = min(_LONGEST_PAUSE, pause if error.pause is None else error.pause)
            _log.info("%s: %s; trying again in %g s", public(url), error, wait)
            time.sleep(wait)
            pause *= 2
    return resumed


def _receive(url: str, part: Part, size: _Size, sha256: str | None, progress: Progress | None) -> None:
    """Ask once, for the rest where a part is there, and write what comes."""
    note = part.note()
    have = part.path.stat().st_size if note else 0
    if note and have == size.exact:
        return  # all of it had come before
    headers = {"Accept-Encoding": "identity"}
    if note:
        _log.info("%s: %.1f MB have come before, and are not asked for again", public(url), have / 1e6)
        headers["Range"] = f"bytes={have}-"
        if note.get("validator"):
            headers["If-Range"] = str(note["validator"])
    with answer(url, headers) as response:
        if response.status_code == UNSATISFIABLE:  # the part is as long as the file, or of another one
            part.remove()
            raise TryAgainError("the server has no rest of it")
        require_success(response)
        if response.status_code == PARTIAL and not _continues(response, have):
            part.remove()
            raise TryAgainError("the server sends another part than the one asked for")
        if response.status_code == OK:
            have = 0
            part.begin(_name_of_version(response), checkable=sha256 is not None)
        _write(response, part.path, have, size.most if size.exact is None else size.exact, progress)


def _continues(response: "Response", have: int) -> bool:
    """Tell whether a partial answer begins where the part ends (RFC 9110, section 14.4)."""
    return response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _name_of_version(response: "Response") -> str | None:
    """Return what If-Range may name: a strong entity tag, or else a date (RFC 9110, section 13.1.5)."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _write(response: "Response", path: Path, have: int, max_bytes: int, progress: Progress | None) -> None:
    rest = response.headers.get("Content-Length", "")
    total = have + int(rest) if rest.isascii() and rest.isdigit() else None
    done, began = have, time.monotonic()
    with _opened(path, "ab" if have else "wb") as file:
        for chunk in response.iter_content(_CHUNK_BYTES):
            done += len(chunk)
            if done > max_bytes:
                path.unlink(missing_ok=True)
                raise IntegrityError(f"{public(response.url)} gives more than {max_bytes} bytes", fix=FIX)
            with _storage(path):
                file.write(chunk)
            if progress:
                progress(done, total)
            passed = time.monotonic() - began
            if passed > _PATIENCE_SECONDS and (done - have) / passed < _SLOWEST:
                raise TryAgainError("the server sends next to nothing")
    if total is not None and done < total:
        raise TryAgainError("the connection broke")


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[Any]:
    with _storage(path):
        file = path.open(mode)
    try:
        yield file
    finally:
        with _storage(path):
            file.close()


@contextmanager
def _storage(path: Path) -> Iterator[None]:
    """Tell the disk's errors from the network's: requests raises kinds of OSError too."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}") from error


def _verify(path: Path, url: str, size: int | None, sha256: str | None) -> None:
    length = path.stat().st_size
    if size is not None and length != size:
        raise IntegrityError(f"{public(url)} gave {length} bytes instead of {size}", fix=FIX)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 is not None and digest != sha256:
        raise IntegrityError(f"{public(url)} gave another file: its sha256 is {digest} instead of {sha256}", fix=FIX)
