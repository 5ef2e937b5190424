"""What the tests of ``recli.data`` share: a miniature in GroupLens' syntax, a local server, the official zip."""

import contextlib
import hashlib
import io
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recli.data.fetching.catalogue import KnownDataset, RemoteArchive

Answer = Callable[[BaseHTTPRequestHandler], None]
ZipOf = Callable[[Mapping[str, bytes]], bytes]

_FLAGS = 19
# Three users, three movies; all titles are invented.
_RATINGS = b"7\t20\t5\t881250949\n3\t5\t1\t891717742\n7\t5\t3\t878887116\n9\t20\t4\t880606923\n"
FOLD = b"9\t20\t4\t880606923\n3\t5\t1\t891717742\n"
"""``u1.test``: the last rating and the second."""
_USERS = b"3|24|M|technician|85711\n7|53|F|other|T8H1N\n9|23|M|writer|32067\n"


def _item_line(item_id: int, title: str, date: str, url: str, genres: tuple[int, ...]) -> str:
    flags = ["1" if flag in genres else "0" for flag in range(_FLAGS)]
    return "|".join([str(item_id), title, date, "", url, *flags]) + "\n"


@pytest.fixture
def miniature() -> dict[str, bytes]:
    items = [
        _item_line(5, "Café of Lost Umbrellas (1996)", "16-Aug-1996", "http://example.org/5", (5, 14)),
        _item_line(11, "unknown", "", "", (0,)),
        _item_line(20, "Lantern Keeper, The (1987)", "4-Mar-1988", "", (8,)),
    ]
    return {"u.data": _RATINGS, "u.item": "".join(items).encode("latin-1"), "u.user": _USERS}


@pytest.fixture
def zip_of() -> ZipOf:
    def make(members: Mapping[str, bytes]) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, member in members.items():
                archive.writestr(name, member)
        return content.getvalue()

    return make


@pytest.fixture
def miniature_zip(miniature: dict[str, bytes], zip_of: ZipOf) -> bytes:
    return zip_of({f"ml-mini/{name}": content for name, content in miniature.items()} | {"ml-mini/README": b"read me"})


@pytest.fixture
def known(miniature: dict[str, bytes], miniature_zip: bytes, server: "Server") -> KnownDataset:
    """The miniature as an entry of the catalogue, offered by the local server."""
    archive = RemoteArchive(
        url=server.url("/ml-mini.zip"),
        size=len(miniature_zip),
        sha256=hashlib.sha256(miniature_zip).hexdigest(),
        members={name: hashlib.sha256(content).hexdigest() for name, content in miniature.items()},
        folds={"u1.test": hashlib.sha256(FOLD).hexdigest(), "ua.test": "0" * 64},
    )
    return KnownDataset("ml-mini", "A miniature", "Free.", "Nobody (2000).", archive)


class Server:
    """Answers each path by a function of the test; 404 elsewhere."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.over = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"

    def offer(self, path: str, content: bytes, *, length: int | None = -1, status: int = 200) -> None:
        """Offer content; ``length`` is what the header promises, the true one by default, ``None`` for no promise."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            if length is not None:
                handler.send_header("Content-Length", str(len(content) if length == -1 else length))
            handler.end_headers()
            handler.wfile.write(content)

        self.answers[path] = answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            local.requests.append(self.path)
            answer = local.answers.get(self.path)
            # A client that has seen enough hangs up.
            with contextlib.suppress(ConnectionError):
                answer(self) if answer else self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        local = Server(http.server_port)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield local
        local.over.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made: a test can see that nothing is left in it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="session")
def official_zip() -> Path:
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "ml-100k.zip"
    if not path.is_file():
        pytest.skip("MovieLens 100K is not at ../shared/data/ml-100k.zip (its licence keeps it out of the project)")
    return path
