"""Asking a server for a file, and its trouble in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from recli.core.errors import NetworkError

if TYPE_CHECKING:
    from requests import Response

FIX = "recli fetch ml-100k --from PATH"
OK, PARTIAL, UNSATISFIABLE = 200, 206, 416
_TRANSIENT = {408, 429, 500, 502, 503, 504}
_DISTRUST = {
    9: "its certificate is not valid yet, or the clock of this machine is behind",
    10: "its certificate has expired (as GroupLens' has before), or the clock of this machine is ahead",
    18: "its certificate is signed by itself alone, so anybody could be answering",
    19: "its certificate is signed by an authority that this machine does not know",
    20: "its certificate is signed by an authority that this machine does not know",
    62: "its certificate is of another server",
}
"""OpenSSL's X509_V_ERR_… → what it means."""
_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 30.0


class TryAgainError(Exception):
    """What went wrong may go right the next time."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause
        """Seconds that the server asks to be left alone; ``None`` where it does not."""


@contextmanager
def answer(url: str, headers: dict[str, str]) -> Iterator["Response"]:
    """Ask for a file, and yield what the server answers; the network may fail until the block is left.

    Raises:
        TryAgainError: the network failed, as it may not the next time.
        NetworkError: the URL is malformed, or the server cannot be trusted.
    """
    import requests

    try:
        with requests.get(
            url, headers=headers, stream=True, timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS),
            hooks={"response": _require_no_downgrade},
        ) as response:  # fmt: skip
            yield response
    except requests.exceptions.SSLError as error:  # the next time it is no better, and http would be no way round
        raise NetworkError(f"cannot download {public(url)}: {_distrust(error)}", fix=FIX) from error
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        raise TryAgainError(_reason(error)) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise TryAgainError("the connection broke") from error
    # Every other error of requests is an OSError or a ValueError; so is what it lets through of a malformed URL.
    except requests.exceptions.RequestException as error:
        raise NetworkError(f"cannot download {public(url)}: {error}", fix=FIX) from error
    except ValueError as error:
        raise NetworkError(f"cannot download {public(url)}: {error}", fix=FIX) from error


def _require_no_downgrade(response: "Response", **_: object) -> None:
    """Refuse to be sent from https to http, where anybody on the way could answer; called for each redirect."""
    target = urljoin(response.url, response.headers.get("Location", ""))
    if response.is_redirect and _scheme(response.url) == "https" != _scheme(target):
        raise NetworkError(
            f"cannot download {public(response.url)}: it leads to {public(target)}, which is not encrypted", fix=FIX
        )


def _scheme(url: str) -> str:
    return urlsplit(url).scheme.lower()


def _distrust(error: BaseException) -> str:
    """Say why a certificate is not believed; the cause stands at the end of a chain of wrappers."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    code = getattr(error, "verify_code", None)
    return _DISTRUST.get(
        code or 0, f"no encrypted connection, as its certificate is not valid or its TLS too old ({error})"
    )


def _reason(error: Exception) -> str:
    """Say in plain words what requests says in nested class names."""
    from requests import exceptions

    match error:
        case exceptions.ConnectTimeout():
            return f"no answer within {_CONNECT_SECONDS:g} s"
        case exceptions.ReadTimeout():
            return f"the server fell silent for {_SILENCE_SECONDS:g} s"
        case exceptions.ConnectionError() if "Read timed out" in str(error):
            return f"the server fell silent for {_SILENCE_SECONDS:g} s"
    return "no connection (offline, a wrong host name, or a server that is down)"


def require_success(response: "Response") -> None:
    """Go on with a file or a part of one, and with nothing else.

    Raises:
        TryAgainError: the server is in trouble.
        NetworkError: it refuses.
    """
    if response.status_code in (OK, PARTIAL):
        return
    reason = f"the server answers {response.status_code} {response.reason}"
    if response.status_code in _TRANSIENT:
        asked = response.headers.get("Retry-After", "")
        raise TryAgainError(reason, float(asked) if asked.isascii() and asked.isdigit() else None)
    raise NetworkError(f"cannot download {public(response.url)}: {reason}", fix=FIX)


def public(url: str) -> str:
    """Drop what may be secret from a URL that goes on record or into an error: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a malformed URL"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
