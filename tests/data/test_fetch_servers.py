"""Servers that lie, stall or lead elsewhere: a fetch ends with one error in a known time, and leaves nothing."""

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import unquote

import pytest
from systems import linux_only, posix_only
from youku_layout import git_hash, layout, listing, table, write

from tsshape import DataError
from tsshape.data import fetch_posts
from tsshape.data._fetch import _http

DAY = "2015-12-16"
CURVES, TEXTS = f"data/view count clean/{DAY}", f"features/textual analysis/{DAY}"
HEAD = "HTTP/1.1 200 OK\r\n"
# Seconds after which a fetch from a server without an end counts as one that hangs.
HANG = 60


@pytest.fixture(scope="module")
def files():
    """The files of one day, with their list."""
    files = layout([DAY])
    return files | {"files.tsv": listing(files)}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, and little patience."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(_http, "SECONDS", 0.4)
    return tmp_path / "cache" / "tsshape" / "downloads"


@contextmanager
def server(files, **lies):
    """The address of a server; `lies` are functions that answer for a path in their own way, given the socket."""
    done = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = unquote(self.path)[1:]
            with suppress(OSError):
                if path in lies:
                    lies[path](self.wfile, done)
                else:
                    content = files[path.removeprefix("moved/")]
                    self.wfile.write(f"{HEAD}Content-Length: {len(content)}\r\n\r\n".encode() + content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            done.set()
            running.shutdown()
            thread.join()


def says(head, body=b""):
    """Answer with a head and a body."""
    return lambda wire, _: wire.write(head.encode("latin-1") + b"\r\n" + body)


def endless(wire, done):
    """Answer with zeros until nobody listens."""
    wire.write(f"{HEAD}\r\n".encode())
    while not done.is_set():
        wire.write(b"\0" * 2**16)


def drip(start):
    """Answer with a byte now and then."""

    def answer(wire, done):
        wire.write(start)
        while not done.wait(0.05):
            wire.write(b"0")
            wire.flush()

    return answer


def stall(_, done):
    """Answer nothing."""
    done.wait(20)


CHUNKED = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
LIES = {
    "a page for a file": (says(f"{HEAD}Content-Type: text/html\r\n", b"<html>Sign in</html>"), "another content than"),
    "nothing": (says(f"{HEAD}Content-Length: 0\r\n"), "another content than it should"),
    "an end without a length": (says(HEAD, b"P1600=="), "another content than it should"),
    "fewer bytes than it says": (says(f"{HEAD}Content-Length: 700\r\n", b"P1600=="), "the download failed: "),
    "bytes without end": (endless, "more than the"),
    "terabytes, it says": (says(f"{HEAD}Content-Length: {10**13}\r\n", b"P1600=="), "more than the"),
    "a length of 5,000 digits": (says(f"{HEAD}Content-Length: {'9' * 5000}\r\n"), "cannot be read: "),
    "a length that is none": (says(f"{HEAD}Content-Length: many\r\n"), "cannot be read: "),
    "a small file packed": (
        *(says(f"{HEAD}Content-Encoding: gzip\r\n", gzip.compress(b"0" * 10**8)), "more than the"),
    ),
    "an error": (says("HTTP/1.1 500 \x1b[31mno\r\n"), r"answers 500 '\x1b[31mno'"),
    "nothing new": (says("HTTP/1.1 304 Not Modified\r\n"), "answers 304"),
    "no HTTP": (says("220 welcome\r\n"), "the download failed: "),
    "heads without end": (lambda wire, _: wire.write(HEAD.encode() + b"a: b\r\n" * 10**5), "the download failed: "),
    "no answer": (stall, "the download failed: no"),
    "a head that drips": (drip(HEAD.encode() + b"x: "), "not all of it has come in"),
    "a body that drips": (drip(f"{HEAD}Content-Length: 700\r\n\r\n".encode()), "not all of it has come in"),
    "a chunk that drips": (drip(CHUNKED + b"0"), "not all of it has come in"),
    "another server": (says("HTTP/1.1 302 Found\r\nLocation: http://localhost:9/x\r\n"), "'http://localhost:9/x'"),
    "another port": (says("HTTP/1.1 307 Found\r\nLocation: http://127.0.0.1:9/x\r\n"), "another server"),
    "a file of this machine": (says("HTTP/1.1 301 Found\r\nLocation: file:///etc/passwd\r\n"), "another server"),
    "a place that is none": (says("HTTP/1.1 301 Found\r\nLocation: http://[/\r\n"), "cannot be read"),
    "itself": (says(f"HTTP/1.1 302 Found\r\nLocation: /{TEXTS.replace(' ', '%20')}\r\n"), "again and again"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_or_stalls_is_one_error_soon_and_leaves_nothing(lie, files, tmp_path, cache, monkeypatch):
    monkeypatch.setattr(_http, "LEAST_RATE", 10**6)
    answer, said = LIES[lie]
    with (
        ThreadPoolExecutor(1) as pool,
        server(files, **{TEXTS: answer}) as address,
        pytest.raises((DataError, ConnectionError)) as error,
    ):
        pool.submit(fetch_posts, "youku30", tmp_path / "out", address).result(timeout=HANG)
    assert said in str(error.value)
    assert not (tmp_path / "out").exists()
    before = [content for path, content in files.items() if path.endswith(DAY) and path != TEXTS]
    assert {path.name for path in cache.iterdir()} == {git_hash(content) for content in before}


def test_a_redirect_within_the_server_is_followed(files, tmp_path):
    moved = says(f"HTTP/1.1 302 Found\r\nLocation: /moved/{TEXTS.replace(' ', '%20')}\r\n")
    with server(files, **{TEXTS: moved}) as address:
        assert fetch_posts("youku30", tmp_path / "out", address).n_posts == 24


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("https://a/x", "https://A/y", True),
        ("http://a/x", "https://a/x", True),
        ("https://a:443/x", "https://a/y", True),
        ("https://a/x", "http://a/x", False),
        ("http://a:8000/x", "https://a/x", False),
        ("http://a/x", "http://a:8000/x", False),
        ("https://a/x", "https://a.b/x", False),
        ("https://a/x", "https://a@b/x", False),
        ("https://a/x", "https://b@a/x", False),
        # Parsers disagree about the server of these.
        ("https://a/x", r"https://b\@a/x", False),
        ("https://a/x", r"https://a\@b/x", True),
        ("https://a/x", "file:///a/x", False),
        ("https://a/x", "ftp://a/x", False),
    ],
)
def test_the_same_server_is_its_name_and_port_or_its_https(before, after, same):
    assert _http._is_same_server(before, after) == same


LISTS = {
    "a list without end": (endless, "more than the"),
    "a page for a list": (says(HEAD, b"<html>"), "files.tsv, line 1"),
    "a list that drips": (drip(HEAD.encode()), "not all of it has come in"),
    "a size of 5,000 digits": (
        *(says(HEAD, table([["path", "git_blob_sha1", "bytes"], [TEXTS, "0" * 40, "9" * 5000]]).encode()), "line 2"),
    ),
}


@pytest.mark.parametrize("lie", LISTS)
def test_a_list_that_lies_is_one_error(lie, files, tmp_path, monkeypatch):
    monkeypatch.setattr(_http, "LEAST_RATE", 10**9)
    answer, said = LISTS[lie]
    with server(files, **{"files.tsv": answer}) as address, pytest.raises((DataError, ConnectionError), match=said):
        fetch_posts("youku30", tmp_path / "out", address)


@pytest.mark.parametrize("size", [0, 10, 10**14])
def test_a_size_in_a_list_that_lies_is_one_error(size, files, tmp_path):
    lines = files["files.tsv"].decode().replace(f"\t{len(files[TEXTS])}\n", f"\t{size}\n")
    said = "more than the" if size < 100 else "another content"
    if size < 100:
        with server(files | {"files.tsv": lines.encode()}) as address, pytest.raises(DataError, match=said):
            fetch_posts("youku30", tmp_path / "out", address)
    else:
        # Content decides: the hash is right.
        with server(files | {"files.tsv": lines.encode()}) as address:
            assert fetch_posts("youku30", tmp_path / "out", address).n_posts == 24


NAMES = ("../../evil", "/etc/evil", "C:\\evil", "..\\evil", "CON", "a\0b", "DATA/x", "data/x", "a\u2028b", "x" * 5000)


def test_other_names_in_a_list_are_no_files(files, tmp_path):
    """Only the files that a set is made of are asked for, and each is kept under its hash."""
    more = [*NAMES, *(f"more/{k}" for k in range(5_000))]
    lines = files["files.tsv"] + table([[name, "0" * 40, 1] for name in more]).encode()
    with server(files | {"files.tsv": lines}) as address:
        report = fetch_posts("youku30", tmp_path / "out", address)
    assert report.n_posts == 24
    assert {path.name for path in tmp_path.iterdir()} == {"cache", "out"}


@posix_only
@pytest.mark.parametrize("what", ["link", "folder of links", "pipe", pytest.param("device", marks=linux_only)])
def test_a_folder_of_links_and_pipes_is_refused(what, tmp_path):
    folder = write(layout([DAY]), tmp_path / "source")
    (tmp_path / "away").mkdir()
    (folder / TEXTS).rename(tmp_path / "away" / DAY)
    if what == "link":
        (folder / TEXTS).symlink_to(tmp_path / "away" / DAY)
    elif what == "folder of links":
        (folder / TEXTS).parent.rename(tmp_path / "texts")
        (folder / TEXTS).parent.symlink_to(tmp_path / "away")
    elif what == "pipe":
        os.mkfifo(folder / TEXTS)
    else:
        (folder / TEXTS).symlink_to("/dev/zero")
    with pytest.raises(DataError, match="no regular file" if what == "pipe" else "is a link out of"):
        fetch_posts("youku30", tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


def test_an_address_with_a_space_is_one_error(tmp_path):
    with pytest.raises((DataError, ConnectionError)):
        fetch_posts("youku30", tmp_path / "out", "http://a b/")


@linux_only
def test_a_full_disk_of_the_cache_names_it(files, tmp_path, cache, monkeypatch):
    monkeypatch.setattr("tsshape.data._fetch._download.atomic_path", lambda _: nullcontext(Path("/dev/full")))
    with server(files) as address, pytest.raises(OSError, match="No space left") as error:
        fetch_posts("youku30", tmp_path / "out", address)
    assert error.value.filename == str(cache)
    assert not (tmp_path / "out").exists()
