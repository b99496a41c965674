import pytest

from tsshape._files import atomic_path, write_text


def test_a_block_that_raises_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), atomic_path(target) as temporary:
        temporary.write_text("half\ud800", encoding="utf-8")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_block_that_ends_replaces_the_file(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    write_text(target, "näw\n")
    assert target.read_bytes() == "näw\n".encode()
    assert list(tmp_path.iterdir()) == [target]


def test_a_result_is_as_readable_as_any_new_file(tmp_path):
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.write_text("")
    write_text(atomic, "")
    assert atomic.stat().st_mode == plain.stat().st_mode
