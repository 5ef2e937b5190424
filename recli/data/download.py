"""Downloads one file: bounded, verified as a whole, and at its final name only then."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from recli.core.errors import IntegrityError, NetworkError, StorageError
from recli.data.archives import MAX_ARCHIVE_BYTES, read_file

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have come and the bytes expected, ``None`` where the server does not say."""

_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 30.0
_CHUNK_BYTES = 64 << 10
_FIX = "recli fetch ml-100k --from PATH"


def download(
    url: str, target: Path, *, size: int | None = None, sha256: str | None = None, progress: Progress | None = None
) -> None:
    """Download a file, and give it its name only once it is whole.

    Args:
        url: of http or https.
        target: where it goes; its directory exists.
        size: bytes it must have; without it at most ``MAX_ARCHIVE_BYTES`` are taken.
        sha256: hex digest it must have.
        progress: told after every chunk.

    Raises:
        NetworkError: no answer, a refusal, or a connection that broke.
        IntegrityError: what came is not what was promised.
        StorageError: it cannot be written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        _receive(url, part, MAX_ARCHIVE_BYTES if size is None else size, progress)
        _verify(part, url, size, sha256)
        part.replace(target)
    except OSError as error:
        raise StorageError(f"cannot write {target}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _receive(url: str, part: Path, max_bytes: int, progress: Progress | None) -> None:
    import pooch

    downloader = pooch.HTTPDownloader(
        progressbar=_Meter(progress) if progress else False,
        chunk_size=_CHUNK_BYTES,
        timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS),
    )
    with part.open("wb") as file:
        try:
            downloader(url, _Sink(file, max_bytes, url), None)
        # Every error of requests is an OSError or a ValueError; the sink turns those of the disk into StorageError.
        except (OSError, ValueError) as error:
            raise NetworkError(f"cannot download {public(url)}: {_reason(error)}", fix=_FIX) from error


def _reason(error: Exception) -> str:
    """Say in plain words what requests says in nested class names."""
    from requests import exceptions

    match error:
        case exceptions.SSLError():
            return "its certificate is not valid (it may have expired)"
        case exceptions.ConnectTimeout():
            return f"no answer within {_CONNECT_SECONDS:g} s"
        case exceptions.HTTPError(response=response) if response is not None:
            return f"the server answers {response.status_code} {response.reason}"
        case exceptions.ChunkedEncodingError():
            return "the connection broke"
        case exceptions.ConnectionError():
            return "no connection (offline, a wrong host name, or a server that is down)"
    return str(error)


def _verify(part: Path, url: str, size: int | None, sha256: str | None) -> None:
    content = read_file(part)
    if size is not None and len(content) != size:
        raise IntegrityError(f"{public(url)} gave {len(content)} bytes instead of {size}", fix=_FIX)
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256:
        raise IntegrityError(f"{public(url)} gave another file: its sha256 is {digest} instead of {sha256}", fix=_FIX)


class _Sink:
    """What pooch writes to: a file that refuses to grow beyond what may come."""

    def __init__(self, file: BinaryIO, max_bytes: int, url: str) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._url = url
        self._received = 0

    def write(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise IntegrityError(f"{public(self._url)} gives more than {self._max_bytes} bytes", fix=_FIX)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise StorageError(f"cannot write {self._file.name}: {error}") from error

    def flush(self) -> None:
        """Pooch flushes after every chunk: nobody reads the file before it is closed."""


class _Meter:
    """What pooch takes for a progress bar; it sets ``total``, and at the end updates by the total."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0
        self.total = 0

    def update(self, n: int) -> None:
        # pooch counts the last chunk as a full one.
        self._done = min(self._done + n, self.total) if self.total else self._done + n
        self._progress(self._done, self.total or None)

    def reset(self) -> None:
        """A bar that went back to zero would flicker, and where the total is not known it would end there."""

    def close(self) -> None:
        """Whoever passed the callback closes what it draws on."""


def public(url: str) -> str:
    """Drop what may be secret from a URL that goes on record or into an error: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a malformed URL"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
