import hashlib
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NetworkError, StorageError
from recli.data.fetching import download as module
from recli.data.fetching import server as server_module
from recli.data.fetching.download import download

CONTENT = bytes(range(256)) * 1_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CHUNK = 64 << 10


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder / "file.zip"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.0)


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def test_a_good_file_gets_its_name_and_progress_is_told(server, target: Path) -> None:
    server.offer("/good", CONTENT)
    told: list[tuple[int, int | None]] = []
    download(
        server.url("/good"),
        target,
        size=len(CONTENT),
        sha256=SHA256,
        progress=lambda done, total: told.append((done, total)),
    )
    assert target.read_bytes() == CONTENT
    assert left_in(target.parent) == [target]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_progress_has_no_total_where_the_server_gives_none(server, target: Path) -> None:
    server.offer("/good", CONTENT, length=None)
    told: list[tuple[int, int | None]] = []
    download(server.url("/good"), target, progress=lambda done, total: told.append((done, total)))
    assert target.read_bytes() == CONTENT
    assert {total for _, total in told} == {None}
    assert told[-1][0] >= len(CONTENT)


@pytest.mark.parametrize(
    ("body", "length", "message"),
    [
        (CONTENT[:-1], None, f"gave {len(CONTENT) - 1} bytes instead of {len(CONTENT)}"),
        (CONTENT[:-1] + b"!", -1, "gave another file: its sha256 is"),
        (CONTENT + b"!", -1, f"gives more than {len(CONTENT)} bytes"),
        (b"", -1, "gave 0 bytes"),
        (b"<html>Please log in</html>", -1, "gave 26 bytes"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_left(
    server, target: Path, body: bytes, length: int | None, message: str
) -> None:
    server.offer("/wrong", body, length=length)
    with pytest.raises(IntegrityError, match=message):
        download(server.url("/wrong"), target, size=len(CONTENT), sha256=SHA256)
    assert left_in(target.parent) == []


def test_a_connection_that_breaks_again_and_again_is_a_network_error(server, target: Path) -> None:
    server.offer("/broken", CONTENT[:1_000], length=len(CONTENT))
    with pytest.raises(NetworkError, match="the connection broke") as caught:
        download(server.url("/broken"), target)
    assert caught.value.exit_code == 7
    assert caught.value.fix == "recli fetch ml-100k --from PATH"
    assert len(server.requests) == module.ATTEMPTS
    assert left_in(target.parent) == []


class Flaky:
    """A server that hangs up after some bytes of each answer, and knows ranges or does not."""

    def __init__(self, content: bytes, step: int, *, ranges: bool = True, tag: str | None = '"v1"') -> None:
        self.content, self.step, self.ranges, self.tag = content, step, ranges, tag
        self.begins: list[int] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range", "")
        fresh = handler.headers.get("If-Range") in (None, self.tag)
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges and fresh else 0
        self.begins.append(begin)
        handler.send_response(206 if begin else 200)
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        if self.tag:
            handler.send_header("ETag", self.tag)
        handler.send_header("Content-Length", str(len(self.content) - begin))
        handler.end_headers()
        handler.wfile.write(self.content[begin : begin + self.step])


@pytest.mark.parametrize("tag", ['"v1"', None], ids=["named", "unnamed"])
def test_what_broke_off_is_taken_up_where_it_was(server, target: Path, tag: str | None) -> None:
    server.answers["/flaky"] = flaky = Flaky(CONTENT, CHUNK, tag=tag)
    told: list[int] = []
    download(server.url("/flaky"), target, size=len(CONTENT), sha256=SHA256, progress=lambda done, _: told.append(done))
    assert flaky.begins == [0, CHUNK, 2 * CHUNK, 3 * CHUNK]
    assert target.read_bytes() == CONTENT
    assert told == sorted(told)
    assert left_in(target.parent) == [target]


def test_a_later_process_goes_on_with_the_part(server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    server.answers["/flaky"] = flaky = Flaky(CONTENT, 3 * CHUNK)
    with pytest.raises(NetworkError):
        download(server.url("/flaky"), target)
    assert not target.exists()
    download(server.url("/flaky"), target)
    assert flaky.begins == [0, 3 * CHUNK]
    assert target.read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_sends_it_all_again(server, target: Path) -> None:
    flaky = Flaky(CONTENT, 100_000, ranges=False)

    def then_whole(handler: BaseHTTPRequestHandler) -> None:
        flaky(handler)
        flaky.step = len(CONTENT)

    server.answers["/flaky"] = then_whole
    download(server.url("/flaky"), target, sha256=SHA256)
    assert flaky.begins == [0, 0]
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("tag", ['"v1"', None], ids=["named", "unnamed"])
def test_a_file_that_changes_in_between_is_fetched_whole(server, target: Path, tag: str | None) -> None:
    flaky = Flaky(b"an older file" * 20_000, 100_000, tag=tag)

    def then_changed(handler: BaseHTTPRequestHandler) -> None:
        flaky(handler)
        flaky.content, flaky.step, flaky.tag = CONTENT, len(CONTENT), tag and '"v2"'

    server.answers["/flaky"] = then_changed
    download(server.url("/flaky"), target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert left_in(target.parent) == [target]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again_when_it_likes(
    server, target: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)

    def busy_once(handler: BaseHTTPRequestHandler) -> None:
        server.offer("/busy", CONTENT)
        handler.send_response(status)
        handler.send_header("Retry-After", "7")
        handler.end_headers()

    server.answers["/busy"] = busy_once
    download(server.url("/busy"), target, sha256=SHA256)
    assert pauses == [7]


def test_pauses_double_and_an_hour_is_not_waited_for(server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.5)
    server.offer("/down", b"", status=503)
    with pytest.raises(NetworkError, match="503"):
        download(server.url("/down"), target)
    assert pauses == [0.5, 1, 2]


def test_a_server_that_drips_is_given_up(server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.offer("/drip", CONTENT)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(module, "_SLOWEST", 1e12)
    with pytest.raises(NetworkError, match="next to nothing"):
        download(server.url("/drip"), target)


def test_a_part_with_a_damaged_note_begins_anew(server, target: Path) -> None:
    server.answers["/flaky"] = flaky = Flaky(CONTENT, len(CONTENT))
    target.with_name("file.zip.part").write_bytes(b"who knows")
    target.with_name("file.zip.part.json").write_bytes(b"[")
    download(server.url("/flaky"), target)
    assert flaky.begins == [0]
    assert target.read_bytes() == CONTENT


def test_a_refusal_is_a_network_error(server, target: Path) -> None:
    with pytest.raises(NetworkError, match="the server answers 404 Not Found"):
        download(server.url("/nowhere"), target)
    assert left_in(target.parent) == []


def test_a_server_that_is_down_is_a_network_error(server, target: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: the system refuses
        with pytest.raises(NetworkError, match="no connection"):
            download(f"http://127.0.0.1:{taken.getsockname()[1]}/", target)
    assert left_in(target.parent) == []


def test_a_server_that_falls_silent_is_a_network_error(server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x")
        handler.wfile.flush()
        server.over.wait()

    server.answers["/silent"] = silent
    monkeypatch.setattr(server_module, "_SILENCE_SECONDS", 0.1)
    with pytest.raises(NetworkError):
        download(server.url("/silent"), target)
    assert left_in(target.parent) == []


def test_a_server_that_never_ends_is_stopped(server, target: Path) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.over.is_set():
            handler.wfile.write(CONTENT)

    server.answers["/endless"] = endless
    with pytest.raises(IntegrityError, match="gives more than 1000000 bytes"):
        download(server.url("/endless"), target, most_bytes=1_000_000)
    assert left_in(target.parent) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://[::1",
        "http://" + "a" * 70 + ".invalid/",
        "http://127.0.0.1:99999/",
        "http://a b/",
        "http://\0",
    ],
)
def test_a_malformed_url_is_a_network_error(server, target: Path, url: str) -> None:
    with pytest.raises(NetworkError):
        download(url, target)
    assert left_in(target.parent) == []


def test_an_interruption_leaves_nothing(server, target: Path) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    server.offer("/good", CONTENT)
    with pytest.raises(KeyboardInterrupt):
        download(server.url("/good"), target, progress=interrupt)
    assert left_in(target.parent) == []


def test_a_full_disk_is_a_storage_error(server, target: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    target.with_name("file.zip.part").symlink_to("/dev/full")
    server.offer("/good", CONTENT)
    with pytest.raises(StorageError, match="No space left"):
        download(server.url("/good"), target)
    assert left_in(target.parent) == []


def test_a_missing_folder_is_a_storage_error(server, tmp_path: Path) -> None:
    server.offer("/good", CONTENT)
    with pytest.raises(StorageError):
        download(server.url("/good"), tmp_path / "gone" / "file.zip")


def test_no_error_tells_the_password_of_a_url(tmp_path: Path) -> None:
    with pytest.raises(NetworkError) as refusal:
        download("http://user:secret@127.0.0.1:9/x.zip?token=secret", tmp_path / "x.zip")
    assert "secret" not in refusal.value.message
    assert "127.0.0.1:9/x.zip" in refusal.value.message
