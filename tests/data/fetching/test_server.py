"""Servers that cannot be trusted: certificates that prove nothing, ways out of https, headers that lie.

``certificates/`` holds three of 127.0.0.1, each signed by itself and with its key: valid from 2000 to 2120, expired in
2001, and valid from 2119 on.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NetworkError
from recli.data.fetching import download as module
from recli.data.fetching.download import download

CERTIFICATES = Path(__file__).parent / "certificates"
CONTENT = b"a zip" * 1_000


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


@pytest.fixture
def https() -> Iterator[Callable[..., str]]:
    """Start servers with a certificate each; they give ``CONTENT``, or send on to another place."""
    started = []

    def start(certificate: str, *, to: str | None = None, host: str = "127.0.0.1") -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302 if to else 200)
                if to:
                    self.send_header("Location", to)
                self.send_header("Content-Length", str(0 if to else len(CONTENT)))
                self.end_headers()
                self.wfile.write(b"" if to else CONTENT)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        server = _Quiet(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return f"https://{host}:{server.server_port}/x.zip"

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Take a certificate for one of an authority, so that nothing is wrong with it but what it says."""

    def trust(certificate: str) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / f"{certificate}.pem"))

    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.0)
    return trust


@pytest.mark.parametrize(
    ("certificate", "authority", "host", "words"),
    [
        ("expired", "expired", "127.0.0.1", "certificate has expired"),
        ("early", "early", "127.0.0.1", "not valid yet"),
        ("valid", None, "127.0.0.1", "signed by itself alone"),
        ("expired", None, "127.0.0.1", "expired|signed by itself alone"),
        ("valid", "valid", "localhost", "of another server"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused_with_a_way_round(
    https, trusted, tmp_path: Path, certificate: str, authority: str | None, host: str, words: str
) -> None:
    if authority:
        trusted(authority)
    url = https(certificate, host=host)
    with pytest.raises(NetworkError, match=words) as refused:
        download(url, tmp_path / "x.zip")
    assert refused.value.fix == "recli fetch ml-100k --from PATH"
    assert url in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_of_a_known_authority_will_do(https, trusted, tmp_path: Path) -> None:
    trusted("valid")
    download(https("valid", to=https("valid")), tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_bytes() == CONTENT


def test_nobody_is_led_from_https_to_http(https, trusted, server, tmp_path: Path) -> None:
    trusted("valid")
    server.offer("/x.zip", CONTENT)
    for target in (server.url("/x.zip"), server.url("/x.zip").replace("http", "HTTP", 1)):
        with pytest.raises(NetworkError, match=r"leads to http://127\.0\.0\.1:\d+/x\.zip, which is not encrypted"):
            download(https("valid", to=target), tmp_path / "x.zip")
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_encryption_is_no_https_server(trusted, server, tmp_path: Path) -> None:
    server.offer("/x.zip", CONTENT)
    with pytest.raises(NetworkError, match="no encrypted connection"):
        download(server.url("/x.zip").replace("http", "https", 1), tmp_path / "x.zip")
    assert server.requests == []


def test_a_ring_of_redirects_ends(trusted, server, tmp_path: Path) -> None:
    def around(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/ring")
        handler.end_headers()

    server.answers["/ring"] = around
    with pytest.raises(NetworkError, match="redirects"):
        download(server.url("/ring"), tmp_path / "x.zip")


def saying(*headers: tuple[str, str], status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return an answer with all of the content and headers that are lies."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(CONTENT)

    return answer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (saying(("Content-Length", "7")), IntegrityError),
        (saying(("Content-Length", "9" * 40)), NetworkError),
        (saying(("Content-Length", "7"), ("Content-Length", "9")), NetworkError),
        (saying(("Transfer-Encoding", "chunked")), NetworkError),
        (saying(("Content-Encoding", "gzip")), NetworkError),
        (saying(("Content-Range", "bytes 7-99/100"), status=206), NetworkError),
        (saying(status=206), NetworkError),
        (saying(status=416), NetworkError),
        (saying(status=204), NetworkError),
        (saying(*((f"X-{n}", "x") for n in range(200))), NetworkError),
        (saying(("X", "x" * 100_000)), NetworkError),
        (saying(("Location", "/nowhere"), status=302), NetworkError),
        (saying(("Location", "file:///etc/passwd"), status=302), NetworkError),
    ],
    ids=[
        "too short a length", "too long a length", "two lengths", "no chunks", "no gzip", "a part nobody asked for",
        "a part of nothing", "no such part", "nothing", "200 headers", "a long header", "gone elsewhere", "to a file",
    ],
)  # fmt: skip
def test_a_server_that_lies_gives_no_file(trusted, server, tmp_path: Path, answer, kind: type[Exception]) -> None:
    server.answers["/lies"] = answer
    with pytest.raises(kind):
        download(server.url("/lies"), tmp_path / "x.zip", size=len(CONTENT), sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", ["a lot", "-7", "5 000", "0x1388"])
def test_a_length_that_is_no_number_is_passed_over(trusted, server, tmp_path: Path, length: str) -> None:
    server.answers["/lies"] = saying(("Content-Length", length))
    download(server.url("/lies"), tmp_path / "x.zip", size=len(CONTENT))
    assert (tmp_path / "x.zip").read_bytes() == CONTENT
