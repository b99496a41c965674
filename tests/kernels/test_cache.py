"""Where compiled kernels are kept, and what happens to those that were harmed."""

import errno
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from numba.core.caching import IndexDataCacheFile

from tsshape._kernels import _cache

SOURCE = '''"""A kernel that compiles fast."""

from numba import njit


@njit(error_model="numpy")
def kernel(a):
    return 2 * a + 1
'''
SIGNATURE = "int64(int64)"
has_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes and owners")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder in the place of ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _cache.cache_directory.cache_clear()
    yield tmp_path / "cache"
    _cache.cache_directory.cache_clear()


def mode(folder):
    return stat.S_IMODE(folder.stat().st_mode)


def outcome():
    """What the kernel gives for 20, and how often it was compiled and loaded."""
    kernel = _cache.load_kernel("test", SOURCE, SIGNATURE)
    return kernel(20), sum(kernel.stats.cache_misses.values()), sum(kernel.stats.cache_hits.values())


@has_modes
def test_the_folder_is_the_users_alone(home):
    folder = _cache.cache_directory()
    assert folder == home / "tsshape" / "kernels"
    assert mode(folder) == mode(folder.parent) == 0o700


@has_modes
def test_a_folder_that_others_may_read_is_closed(home):
    (home / "tsshape").mkdir(parents=True, mode=0o755)
    assert _cache.cache_directory() == home / "tsshape" / "kernels"
    assert mode(home / "tsshape") == 0o700


@has_modes
@pytest.mark.parametrize("name", ["tsshape", "tsshape/kernels"])
def test_a_folder_that_others_may_write_is_refused_and_kernels_do_without(home, name):
    (home / name).mkdir(parents=True)
    (home / name).chmod(0o777)
    assert _cache.cache_directory() is None
    assert outcome() == (41, 1, 0)
    assert [path for path in home.rglob("*") if path.is_file()] == []


@has_modes
def test_a_folder_of_another_owner_is_refused(home, monkeypatch):
    (home / "tsshape").mkdir(parents=True, mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: (home / "tsshape").stat().st_uid + 1)
    assert _cache.cache_directory() is None


@has_modes
def test_a_link_to_another_folder_is_refused(home, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    home.mkdir()
    (home / "tsshape").symlink_to(tmp_path / "elsewhere")
    assert _cache.cache_directory() is None


def test_on_windows_a_folder_outside_the_users_profile_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_cache, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    inside, outside = tmp_path / "user" / "AppData" / "kernels", tmp_path / "shared" / "kernels"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
    assert _cache._is_own(inside)
    assert not _cache._is_own(outside)
    assert not _cache._is_own(tmp_path / "user" / ".." / "shared" / "kernels")


def test_a_file_that_is_being_read_elsewhere_and_cannot_be_replaced_stays(tmp_path, monkeypatch):
    (tmp_path / "kernel.py").write_bytes(b"in use")

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    _cache._write(tmp_path / "kernel.py", b"the same from another process")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("kernel.py", b"in use")]


def test_kernels_do_without_a_home_that_cannot_be_written(home):
    home.write_text("a file where the folder should be")
    assert _cache.cache_directory() is None
    assert outcome() == (41, 1, 0)


@pytest.mark.parametrize("full_for", ["the source", "the code", "the digest"])
def test_kernels_do_without_a_disk_that_becomes_full(home, monkeypatch, full_for):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if full_for == "the code":
        monkeypatch.setattr(IndexDataCacheFile, "save", refuse)
    else:
        write = _cache._write
        ending = ".py" if full_for == "the source" else ".sha256"
        monkeypatch.setattr(
            _cache, "_write", lambda path, *rest: (refuse if path.suffix == ending else write)(path, *rest)
        )
    assert outcome() == (41, 1, 0)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    assert outcome() == (41, 1, 0)


def test_a_kernel_is_compiled_once_and_then_loaded(home):
    assert outcome() == (41, 1, 0)
    assert outcome() == (41, 0, 1)
    assert sys.platform == "win32" or all(
        mode(file) & 0o077 == 0 for file in (home / "tsshape" / "kernels").glob("*.*")
    )


@pytest.mark.parametrize("kind", [".nbi", ".nbc", ".sha256", ".py"])
@pytest.mark.parametrize("harm", ["cut off", "altered", "emptied", "missing"])
def test_a_kernel_whose_files_were_harmed_is_compiled_again(home, kind, harm):
    outcome()
    (file,) = (path for path in home.rglob(f"*{kind}") if path.is_file())
    content = file.read_bytes()
    if harm == "missing":
        file.unlink()
    else:
        middle = len(content) // 2
        altered = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
        file.write_bytes({"cut off": content[:middle], "altered": altered, "emptied": b""}[harm])
    value, _, _ = outcome()
    assert value == 41
    assert outcome() == (41, 0, 1)


def test_a_file_that_was_written_beside_the_kernels_does_not_matter(home):
    outcome()
    Path(home / "tsshape" / "kernels" / "stray.py").write_text("raise SystemExit")
    assert outcome() == (41, 0, 1)


def test_the_digest_of_a_kernel_covers_the_modules_that_it_imports_through_others():
    assert _cache._modules_behind("from tsshape._kernels._recurrences import ELASTIC\n") >= {
        "_recurrences",
        "_elementary",
        "_simd",
    }


def test_objects_that_are_given_are_not_kept_for_another_process(home):
    source = SOURCE.replace("2 * a", "factor * a")
    for factor in (2, 3):
        kernel = _cache.load_kernel("given", source, SIGNATURE, {"factor": factor})
        assert kernel(20) == factor * 20 + 1
    assert not list(home.rglob("given*"))
