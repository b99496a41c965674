import json
import tempfile
from importlib import metadata

import pytest
from cli_program import tsshape
from systems import linux_only

from tsshape._kernels import cache_directory
from tsshape.cli import _doctor


@pytest.fixture(scope="module")
def found():
    return json.loads(tsshape("doctor", "--json").stdout)


def test_the_versions_are_those_that_are_installed(found):
    assert found["versions"]["numba"] == metadata.version("numba")
    assert found["versions"]["tsshape"] == metadata.version("tsshape")


def test_an_extra_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(_doctor, "EXTRAS", ("no-such-distribution",))
    assert _doctor._versions()["no-such-distribution"] is None


def test_cores_vectors_threads_and_cache_are_reported(found):
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["vector width"].split()[1] == "bits:"
    assert found["threads"]["distances, n_jobs=-1"] >= 1
    assert "tsshape/kernels" in found["kernels"]["cache"]
    assert found["folders"].keys() == {"downloads", "fonts", "temporary"}


@linux_only
def test_folders_that_cannot_be_written_are_named_with_the_reason(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "none"))
    cache_directory.cache_clear()
    found = _doctor._kernels() | _doctor._folders()
    cache_directory.cache_clear()
    assert f"{tmp_path}/file/tsshape cannot be written" in found["cache"]
    assert found["downloads"] == f"none: [Errno 20] Not a directory: '{tmp_path}/file/tsshape/downloads'"
    assert f"{tmp_path}/file/none" in found["temporary"]


def test_variables_that_set_threads_are_reported(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert _doctor._threads()["OMP_NUM_THREADS"] == "1"


def test_a_kernel_that_computes_something_else_ends_the_program(monkeypatch):
    def broken(name):
        raise AssertionError(f"{name}: distances differ between routes")

    monkeypatch.setattr("tsshape.metrics.check_metric", broken)
    with pytest.raises(AssertionError, match="dtw"):
        _doctor._kernels()


def test_lines_are_printed_for_a_person():
    text = tsshape("doctor").stdout
    for title in ("versions", "machine", "threads", "kernels"):
        assert f"{title}\n  " in text
