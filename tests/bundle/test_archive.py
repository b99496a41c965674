import io
import json
import struct
import zipfile

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError
from tsshape.bundle import _archive, _npy
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

MEMBER = "classifier_/classes_.npy"


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)


def refuse(path, message):
    """Loading is refused in one line that begins with the file's name."""
    with pytest.raises(DataError, match=message) as refused:
        tsshape.load(path)
    assert str(refused.value).startswith(str(path))
    assert str(refused.value).isprintable()
    return str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04N.", b"id,day1\na,3\n", b"PK\x05\x06" + bytes(18)])
def test_other_files_are_refused(content, tmp_path):
    (tmp_path / "m").write_bytes(content)
    refuse(tmp_path / "m", "is not a model that tsshape saved")


def test_what_is_no_file_is_refused(tmp_path):
    refuse(tmp_path / "none", "there is no such file")
    refuse(tmp_path, "is a folder")


def test_a_fault_of_the_machine_is_not_blamed_on_the_model(saved):
    fault = PermissionError(13, "Permission denied", "/home")
    with pytest.raises(PermissionError) as raised, _archive.open_archive(saved):
        raise fault
    assert raised.value is fault


def test_there_is_no_pickle_in_it(saved):
    members = read_members(saved)
    assert {name.rsplit(".", 1)[1] for name in members} == {"json", "npy"}
    assert all(b"\x80\x04" not in content[:80] for content in members.values())


def test_the_metadata_are_readable(saved):
    metadata = json.loads(read_members(saved)["metadata.json"])
    assert metadata["model"]["loss"] == "trimmed"
    assert metadata["checksums"].keys() == read_members(saved).keys()


def test_a_flipped_byte_is_found_or_does_no_harm(posts, tmp_path):
    features, saved = posts.features[["Contacts", "Country"]], tmp_path / "m"
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), in_flight=False, intervals=False, random_state=0)
    tsshape.save(model.fit(features, posts.curves), saved)
    content, start = saved.read_bytes(), zipfile.ZipFile(saved).start_dir
    # Through all members, and closely through the first header, the first entry of the directory and the end.
    places = [range(0, len(content), len(content) // 40), range(43), range(start, start + 59), range(-22, 0)]
    positions, harmless = sorted({place % len(content) for each in places for place in each}), 0
    for position in positions:
        saved.write_bytes(content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1 :])
        try:
            again = tsshape.load(saved)
        except DataError:
            continue
        # Some bytes of a zip, such as the times of its members, decide nothing.
        harmless += 1
        pd.testing.assert_frame_equal(again.predict(features), model.predict(features), check_exact=True)
    assert 0 < harmless < len(positions) / 3


@pytest.mark.parametrize("name", ["model.pkl", "../metadata.json", "/foo", "a\nb"])
def test_a_member_that_does_not_belong_is_refused(name, saved):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), _npy.to_npy(np.zeros(3)))
    refuse(saved, "does not belong")


def test_arrays_must_be_those_of_the_metadata_even_where_checksums_fit(rewrite, saved):
    rewrite(arrays=lambda arrays: arrays | {"regressor_/foo": np.zeros(3)})
    refuse(saved, r"'regressor_/foo\.npy' does not belong")


def test_an_array_that_is_missing_is_refused(rewrite, saved):
    rewrite(arrays=lambda arrays: {name: array for name, array in arrays.items() if name != "in_flight_/cutoffs_"})
    refuse(saved, r"'in_flight_/cutoffs_\.npy' is missing")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("metadata.json", b'"median"'), (MEMBER, b"\x07"), ("posts_/encoder/text_encoders_/0/idf.npy", b"\x07")],
)
def test_a_member_that_is_not_the_one_that_was_saved_is_refused_though_the_zip_is_whole(name, wrong, saved):
    members = read_members(saved)
    content = members[name]
    right = b'"trimmed"' if name == "metadata.json" else content[-8:-7]
    write_members(saved, members | {name: wrong.join(content.rsplit(right, 1))})
    refuse(saved, "damaged")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_of_compression_that_tsshape_does_not_write_are_refused(method, saved):
    write_members(saved, read_members(saved), method)
    refuse(saved, "stored in a way that tsshape does not write")


def test_a_bundle_without_compression_is_read(model, posts, saved):
    write_members(saved, read_members(saved), zipfile.ZIP_STORED)
    pd.testing.assert_frame_equal(tsshape.load(saved).predict(posts.features), model.predict(posts.features))


@pytest.mark.parametrize(
    ("place", "width", "value", "message"),
    [
        (8, 2, 1, "stored in a way"),  # encrypted
        (8, 2, 8, "stored in a way"),  # its sizes come after it
        (10, 2, 99, "stored in a way"),
        (24, 4, 2**31, "more than the"),
        (24, 4, 10**6, "another length than it claims"),
        (20, 4, 5, "does not begin where the one before ends"),
        (30, 2, 4, "Corrupt extra field|stored in a way"),
        (42, 4, 30, "does not begin where the one before ends"),
    ],
)
def test_an_entry_of_the_directory_that_says_anything_else_is_refused(place, width, value, message, saved):
    content, start = bytearray(saved.read_bytes()), zipfile.ZipFile(saved).start_dir
    content[start + place : start + place + width] = value.to_bytes(width, "little")
    saved.write_bytes(content)
    refuse(saved, message)


@pytest.mark.parametrize("extra", [b"!", bytes(22), b"PK\x05\x06" + bytes(18)])
def test_bytes_before_or_after_the_zip_are_refused(extra, saved):
    content = saved.read_bytes()
    for changed in (content + extra, extra + content):
        saved.write_bytes(changed)
        refuse(saved, "it is no zip|directory")


def test_a_comment_is_refused(saved):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.comment = b"PK\x05\x06" + bytes(18)
    refuse(saved, "directory is not that of a model|it is no zip")


def test_a_second_end_that_claims_more_members_than_a_zip_can_is_refused_before_it_is_read(saved, monkeypatch):
    """A zip64 end within the directory, as the comment of its last entry, which zipfile would follow."""
    content = saved.read_bytes()
    *_, n_members, n_bytes, start, _ = struct.unpack("<4s4H2LH", content[-22:])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, n_members, n_members, n_bytes, start)
    comment = record + struct.pack("<4sLQL", b"PK\x06\x07", 0, start + n_bytes, 1)
    last = content.rfind(b"PK\x01\x02")
    content = content[: last + 32] + struct.pack("<H", len(comment)) + content[last + 34 : -22] + comment
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, n_members, n_members, n_bytes + len(comment), start, 0)
    saved.write_bytes(content + end)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    refuse(saved, "more than one end")


def test_a_directory_of_very_many_members_is_refused_before_it_is_read(saved, monkeypatch):
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = entry * 200_000
    saved.write_bytes(
        bytes(100) + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 99, 99, len(directory), 100, 0)
    )
    monkeypatch.setattr(zipfile, "ZipFile", None)
    refuse(saved, "directory is not that of a model")


@pytest.mark.parametrize(
    ("limit", "message"),
    [("MOST_BYTES", "more than the 1,000 bytes"), ("MOST_METADATA_BYTES", "metadata have more than 1,000 bytes")],
)
def test_a_bundle_that_claims_too_much_is_refused(limit, message, saved, monkeypatch):
    monkeypatch.setattr(_archive, limit, 1000)
    refuse(saved, message)


def test_a_small_file_that_unpacks_to_too_much_is_refused(saved, monkeypatch):
    members = read_members(saved)
    write_members(saved, members | {MEMBER: bytes(10**7)})
    monkeypatch.setattr(_archive, "MOST_BYTES", 9 * 10**6)
    assert saved.stat().st_size < 10**6
    refuse(saved, "more than the 9,000,000 bytes")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"3",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b'{\n "format": NaN,\n "checksums": {}\n}',
        b'{\n "format": 1e999,\n "checksums": {}\n}',
        b'{\n "format": 2,\n "format": 2,\n "checksums": {}\n}',
        b'{\n "format": "\\ud800",\n "checksums": {}\n}',
        b'\xef\xbb\xbf{\n "checksums": {}\n}',
        '{\n "checksums": {}\n}'.encode("utf-16"),
        b'{"checksums":{}}',
        b'{\n "format": 2\n}',
        b'{\n "format": "\xff"\n}',
    ],
    ids=range(15),
)
def test_metadata_that_tsshape_would_not_write_are_refused(text, saved):
    write_members(saved, read_members(saved) | {"metadata.json": text})
    refuse(saved, "metadata are not JSON as tsshape writes it")


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31m", "\u202e", "x" * 10**6], ids=range(4))
def test_a_message_with_a_name_from_the_file_is_one_short_line(name, rewrite, saved):
    rewrite(lambda record: {name: 0, **record})
    assert len(refuse(saved, "metadata are not those of a model")) < 1000


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "not an array as numpy writes it"),
        ("{'descr': '<i8', 'fortran_order': True, 'shape': (3,), }", "not an array as numpy writes it"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (3L,), }", "not an array as numpy writes it"),
        ("{'descr': '>i8', 'fortran_order': False, 'shape': (3,), }", "not an array as numpy writes it"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': " + "(" * 900, "not an array as numpy writes it"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "holds <f8 in 1 dimensions; it must be <i8 in 1"),
        (
            "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 1), }",
            "holds <i8 in 2 dimensions; it must be <i8 in 1",
        ),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (4000000000,), }", "does not hold as much"),
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", "does not hold as much"),
    ],
)
def test_an_array_with_another_header_is_refused(header, message):
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(24)
    with pytest.raises(DataError, match=message):
        _npy.from_npy("x.npy", content, _npy.Form(("<i8",), (1,)))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY\x02\x00" + bytes(100)])
def test_what_is_no_array_is_refused(content):
    with pytest.raises(DataError, match="not an array as numpy writes it"):
        _npy.from_npy("x.npy", content, _npy.Form(("<i8",), (1,)))


@pytest.mark.parametrize("code", [0xD800, 0x110000, 2**32 - 1])
def test_text_that_is_not_unicode_is_refused(code):
    content = _npy.to_npy(np.array(["abc"]))
    changed = content[:-4] + code.to_bytes(4, "little")
    with pytest.raises(DataError, match="text that is not Unicode"):
        _npy.from_npy("x.npy", changed, _npy.Form(("U",), (1,)))


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.zeros((0, 4), np.int32), np.array(["a", "côté", ""]), np.zeros((1, 1, 1, 1))],
)
def test_an_array_is_read_as_it_was_written(array):
    form = _npy.Form((array.dtype.kind if array.dtype.kind == "U" else array.dtype.str,), (array.ndim,))
    again = _npy.from_npy("x.npy", _npy.to_npy(array), form)
    np.testing.assert_array_equal(again, array, strict=True)
    assert again.flags.writeable
    np.testing.assert_array_equal(np.load(io.BytesIO(_npy.to_npy(array))), array, strict=True)
