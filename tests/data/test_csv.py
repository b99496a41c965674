import gzip

import pandas as pd
import pytest

from tsshape import read_curves, read_features

CURVES = "id,day01,day02\na,1,2\nb,3,4.5\n"


@pytest.fixture
def expected():
    return pd.DataFrame([[1.0, 2.0], [3.0, 4.5]], index=pd.Index(["a", "b"], name="id"), columns=range(1, 3))


@pytest.fixture(params=[".csv", ".csv.gz"])
def write(request, tmp_path):
    """A function that writes bytes or text as a CSV file, plain or gzipped."""

    def write(content):
        content = content.encode() if isinstance(content, str) else content
        path = tmp_path / f"table{request.param}"
        path.write_bytes(gzip.compress(content) if request.param == ".csv.gz" else content)
        return path

    return write


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_byte_order_marks_and_line_ends_make_no_difference(write, expected, separator, mark, end):
    path = write(mark + CURVES.replace(",", separator).replace("\n", end))
    pd.testing.assert_frame_equal(read_curves(path), expected)


def test_cells_may_be_quoted_and_span_lines(write):
    features = read_features(write('"id","title"\n"a, b","said ""hi""\nthere"\nc,\n'))
    assert list(features.index) == ["a, b", "c"]
    assert features.loc["a, b", "title"] == 'said "hi"\nthere'
    assert features["title"].isna().tolist() == [False, True]


def test_a_header_may_be_quoted_and_span_lines(write):
    assert list(read_features(write('id;"a;\nb";c\nx;1;2\n'))) == ["a;\nb", "c"]


def test_a_header_longer_than_the_longest_cell_is_split(write):
    names = [f"{'x' * 150}{position}" for position in range(1_000)]
    assert list(read_features(write(f"id;{';'.join(names)}\na{';1' * 1_000}\n"))) == names


def test_the_line_of_a_bad_cell_is_that_of_the_file(write, refusal):
    path = write('id,1\n\na,"1"\n\nc,many\n')
    assert "line 5 (id 'c'), column '1': 'many'" in refusal(read_curves, path)
    path = write('id,title,n\na,"two\nlines",1\n\nb,,2\nc,,1e999\n')
    assert "line 6 (id 'c'), column 'n': '1e999'" in refusal(read_features, path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1 is empty"),
        ("\ufeff", "line 1 is empty"),
        ("\n\n", "line 1 is empty"),
        ("id,day1\n", "column names but no rows"),
        ("id,day1\na,1\nb\n", "line 3: 1 cells, but the header names 2 columns"),
        ("id,day1\na,1,5\n", "line 2: 3 cells, but the header names 2 columns (a cell that holds ',' must be quoted)"),
        ("id,day1,day1\na,1,2\n", "two columns are named 'day1'"),
        ("id,day1, day1 \na,1,2\n", "two columns are named 'day1'"),
        (",day1\na,1\n", "column 1 has no name; name every column, the one of the ids 'id'"),
        ("id,day1,\na,1,2\n", "column 3 has no name"),
        ('id,day1\na,1\n"b,2\nc,3\n', "line 3: unexpected end of data; is a quote not closed, or not doubled?"),
        ('id,day1\n"a"x,1\n', "line 2: ',' expected after '\"'; is a quote not closed"),
        ("id,day1\n" + "a" * 200_000 + ",1\n", "line 2: field larger than field limit (131072); is a quote not closed"),
        ("id" * 100_000 + "\na,1\n", "line 1: field larger than field limit"),
    ],
)
def test_a_malformed_csv_is_refused_with_its_line(write, refusal, content, says):
    assert says in refusal(read_curves, write(content))


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("id,title\na,ok\nb,café\n", "line 3, column 'title'"),
        ("id,title\na,ok\né,cafe\n", "line 3, column 'id'"),
        ("id,café\na,ok\n", "line 1, column 2"),
        ('id,title\n\na,"two\nlines é"\n', "line 3, column 'title'"),
    ],
)
def test_latin_1_is_refused_with_line_column_and_remedy(write, refusal, content, place):
    message = refusal(read_features, write(content.encode("latin-1")))
    assert f"{place}: not UTF-8; save the file as UTF-8" in message


def test_a_surrogate_in_utf8_is_refused(write, refusal):
    assert "line 2, column 'id': not UTF-8" in refusal(read_features, write(b"id,x\n\xed\xa0\x80,1\n"))


@pytest.mark.parametrize("encoding", ["UTF-16-LE", "UTF-16-BE", "UTF-32-LE", "UTF-32-BE"])
def test_wide_encodings_are_refused_by_the_name_that_their_mark_tells(write, refusal, encoding):
    path = write(("\ufeff" + CURVES).encode(encoding))
    assert f"line 1: the file is {encoding[:6]}; save the file as UTF-8" in refusal(read_curves, path)


@pytest.mark.parametrize("encoding", ["UTF-16-LE", "UTF-16-BE", "UTF-32-LE", "UTF-32-BE"])
def test_wide_encodings_without_a_mark_are_refused_for_their_nuls_with_the_remedy(write, refusal, encoding):
    message = refusal(read_curves, write(CURVES.encode(encoding)))
    assert "line 1, column 1: the cell holds a NUL character; save the file as UTF-8" in message


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("id,d1\0\na,1\n", "line 1, column 2"),
        ("id,d1\na,1\nb,\0\n", "line 3, column 'd1'"),
        ('id,d1\na,1\n"b\0",2\n', "line 3, column 'id'"),
    ],
)
def test_a_nul_which_python_reads_like_any_character_is_refused_with_its_place(write, refusal, content, place):
    assert f"{place}: the cell holds a NUL character" in refusal(read_curves, write(content))


def test_faults_are_found_in_every_block_of_a_long_file(write, refusal):
    rows = [f"p{row},1\n" for row in range(40_000)]
    assert read_curves(write("id,d1\n" + "".join(rows))).shape == (40_000, 1)
    for fault, says in [(b"x\xff,1\n", "not UTF-8"), (b"x,\0\n", "NUL"), (b"x\n", "1 cells"), (b'x,"1\n', "quote")]:
        path = write(b"id,d1\n" + "".join(rows[:-1]).encode() + fault)
        message = refusal(read_curves, path)
        assert "line 40001" in message
        assert says in message


@pytest.mark.parametrize("keep", [-8, 20])
def test_a_truncated_gzip_file_is_refused(tmp_path, refusal, keep):
    path = tmp_path / "curves.csv.gz"
    path.write_bytes(gzip.compress(CURVES.encode())[:keep])
    assert "truncated or no gzip file" in refusal(read_curves, path)


def test_a_gzip_file_with_a_wrong_checksum_is_refused(tmp_path, refusal):
    path = tmp_path / "curves.csv.gz"
    whole = gzip.compress(CURVES.encode())
    path.write_bytes(whole[:-8] + bytes(4) + whole[-4:])
    assert "CRC" in refusal(read_curves, path)


def test_a_plain_csv_named_gz_is_refused(tmp_path, refusal):
    path = tmp_path / "curves.csv.gz"
    path.write_text(CURVES)
    assert "truncated or no gzip file" in refusal(read_curves, path)
