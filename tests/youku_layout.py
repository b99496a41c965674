"""Invented posts in the layout of the public Youku data, and a server that offers them on the loopback."""

import hashlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from urllib.parse import unquote

DAYS = [f"2015-12-{day}" for day in range(12, 22)]
N_POSTS = 24
TEXT_COLUMNS = ["vid", "title_len", "title_cn_count", "title_senti", "des_len", "des_senti", "tags_count", "tags_senti"]


def post(day, number):
    """The id of a post, with the padding that the public ids have."""
    return f"P{day[-2:]}{number:02}=="


def layout(days=DAYS):
    """The files of some days, by path: text with tabs and no quotes."""
    files = {"features/textual analysis/headers": table([TEXT_COLUMNS])}
    parts = {"training": [], "test": []}
    for day in days:
        posts = [post(day, number) for number in range(N_POSTS)]
        count = int(day[-2:])
        files[f"data/view count clean/{day}"] = table(
            [each, *((number + 1) * (count + 3 * step + number % 5 * step) for step in range(30))]
            for number, each in enumerate(posts)
        )
        # The other tables have another order, a post more, and the author 3 has no statistics.
        files[f"features/video property/{day}"] = table(
            [each, "旅游", f"{60.5 + number:.2f}", f"{number % 24:02}", 4, "original", "all", 'a "client', number % 6]
            for number, each in reversed([*enumerate([*posts, "dropped=="])])
        )
        files[f"features/user statistic/{day}"] = table(
            [author, 300 + author, author == 1, author == 2, 40, 10**9 + author, count, 2, 0, "None", 5]
            for author in (0, 1, 2, 4, 5)
        )
        files[f"features/textual analysis/{day}"] = table(
            [each, 10 + number, 7, "0.9979", 0, "0.5", 2, "0.25"] for number, each in enumerate(posts)
        )
        for number, each in enumerate(posts):
            parts["training" if number % 2 else "test"].append([each, 1, 2, "(1, 2)"])
    files |= {f"prediction/datasets/vc_bylevel_{part}_level": table(rows) for part, rows in parts.items()}
    return {path: text.encode() for path, text in files.items()}


def table(rows):
    """Rows as text with tabs."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def git_hash(content):
    """The hash that git gives a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324 - git's


def listing(files):
    """The list of files with their hashes, as a source may have it."""
    rows = [[path, git_hash(content), len(content)] for path, content in files.items()]
    return table([["path", "git_blob_sha1", "bytes"], *rows]).encode()


def write(files, folder):
    """Write files by their paths."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@contextmanager
def served(files, *, cut=(), pause=0.0):
    """The address of a server, and the paths that were asked of it; files in `cut` end in the middle.

    A pause is so many seconds in the middle of each file.
    """
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = unquote(self.path)[1:]
            asked.append(path)
            if path not in files:
                self.send_error(404)
                return
            content = files[path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            sleep(pause)
            self.wfile.write(b"" if path in cut else content[len(content) // 2 :])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
