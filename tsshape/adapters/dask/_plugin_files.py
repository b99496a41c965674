"""Plug-in files on workers, which may run on other machines and start later than the client."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from distributed import WorkerPlugin

from tsshape._plugin_files import run_once


class PluginFiles(WorkerPlugin):
    """Run plug-in files of the client on each worker, from their text: a worker may not see the client's files."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = dict(texts)
        # Programs that share a cluster have files of their own.
        self.name = f"tsshape-plugin-files-{sha256(repr(sorted(texts.items())).encode()).hexdigest()[:16]}"

    def setup(self, worker: Any) -> None:
        """Run the files."""
        del worker
        for path, text in self._texts.items():
            # Compiled functions need the file only while it is run.
            with TemporaryDirectory(prefix="tsshape-") as folder:
                copy = Path(folder) / Path(path).name
                copy.write_bytes(text)
                run_once(path, copy=copy)
