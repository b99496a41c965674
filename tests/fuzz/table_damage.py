"""Faults for the files of tables: in their structure, or in bytes that know nothing of it."""

import gzip
import io
from random import Random

import pyarrow as pa
from parquet_damage import forge
from pyarrow import parquet

CELLS = (
    *(
        "",
        " ",
        "NA",
        "nan",
        "null",
        "None",
        "True",
        "007",
        "1e5",
        "-0",
        "-1",
        "1e999",
        "1e308",
        "1e-320",
        "inf",
        "0x1F",
    ),
    *(
        "9999999999999999999999",
        "1_0",
        "1,5",
        "1 000",
        "١٢",
        "\uff11",
        "\ufeff",
        "\0",
        "\x1b[2J",
        '"',
        '""',
        "'",
        "a\nb",
        "\r",
    ),
    *(
        "now",
        "today",
        "2024-05-31T18:00:00Z",
        "0000-01-01",
        "1e18",
        "id",
        "posted",
        "day01",
        "day99",
        "day1",
        "é",
        "\u2028",
    ),
)
BYTES = (
    *(cell.encode() for cell in CELLS),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\n", b"\n\n", b"\r\n", b",", b";", b"\t"),
    *(b"PAR1", b"\x00" * 8, b"\xff" * 8, b"\x80" * 4, b"\x7f", b"\x1f\x8b\x08"),
)


def damage(content: bytes, ending: str, rng: Random) -> bytes:
    """The file with one to three faults in its structure, its bytes, or both; or in what Parquet says of itself."""
    if ending == ".parquet" and rng.random() < 0.5:
        content = _rewrite(content, rng) if rng.random() < 0.5 else content
        for _ in range(rng.choice((1, 1, 2))):
            content = forge(content, rng)
        return content
    n_faults = rng.choice((1, 1, 1, 2, 3))
    n_structural = rng.randint(0, n_faults)
    for _ in range(n_structural):
        content = _rewrite(content, rng) if ending == ".parquet" else _edit(content, rng)
    if ending == ".csv.gz" and rng.random() < 0.5:
        content, n_structural = damage_bytes(content, rng, n_faults - n_structural), n_faults
    if ending == ".csv.gz":
        content = gzip.compress(content, mtime=0)
    return damage_bytes(content, rng, n_faults - n_structural)


def damage_bytes(content: bytes, rng: Random, n_faults: int) -> bytes:
    """Content with so many faults that know nothing of its structure."""
    for _ in range(n_faults):
        # Half of the faults of a Parquet file strike its last part, which says how to read all others.
        start = rng.choice((0, max(0, len(content) - 2000))) if content.endswith(b"PAR1") else 0
        a, b, c = sorted(rng.randint(start, len(content)) for _ in range(3))
        b = rng.choice((b, min(b, a + 8)))
        before, middle, after = content[:a], content[a:b], content[b:]
        content = rng.choice(
            (
                before + bytes((content[a] ^ 1 << rng.randrange(8),)) + content[a + 1 :]
                if a < len(content)
                else before,
                before,
                before + after,
                before + rng.choice(BYTES) + content[a:],
                before + rng.choice(BYTES) + after,
                before + middle + middle + after,
                before + content[b:c] + middle + content[c:],
                before + rng.randbytes(4) + after,
            )
        )
    return content


def _edit(content: bytes, rng: Random) -> bytes:
    """A CSV file with one fault in its encoding, dialect, rows or cells."""
    choice = rng.randrange(8)
    if choice == 0:
        text = content.decode("utf-8", "replace")
        return text.encode(rng.choice(("utf-8-sig", "utf-16", "utf-32", "utf-16-le", "latin-1")), "replace")
    if choice == 1:
        old, new = rng.choice(
            ((b",", b";"), (b",", b"\t"), (b"\n", b"\r\n"), (b"\n", b"\r"), (b".", b","), (b'"', b""))
        )
        return content.replace(old, new)
    lines = content.split(b"\n")
    row = rng.choice((0, rng.randrange(len(lines))))
    cells = lines[row].split(b",")
    column = rng.randrange(len(cells))
    if choice == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(row))
    elif choice == 3:
        lines.insert(row, rng.choice(lines))
    elif choice == 4:
        del lines[row]
    elif choice == 5:
        cells[column] = rng.choice(BYTES)
        lines[row] = b",".join(cells)
    elif choice == 6:
        cells[column] = b'"' + rng.choice(BYTES).replace(b'"', b'""') + b'"'
        lines[row] = b",".join(cells)
    else:
        cells.insert(rng.randrange(len(cells)), cells.pop(column))
        lines[row] = b",".join(cells[rng.randrange(2) :])
    return b"\n".join(lines)


def _rewrite(content: bytes, rng: Random) -> bytes:
    """A sound Parquet file with one fault in its rows, names or types, written in some other way."""
    table = parquet.ParquetFile(io.BytesIO(content)).read()
    column = rng.randrange(table.num_columns)
    name, values = table.column_names[column], table.column(column)
    kinds = (
        *(pa.string(), pa.float32(), pa.int64(), pa.uint8(), pa.binary(), pa.timestamp("s", "Asia/Tokyo"), pa.date32()),
        *(pa.dictionary(pa.int32(), pa.string()), pa.decimal128(20, 2), pa.duration("s")),
    )
    choice = rng.randrange(6)
    if choice == 0:
        rows = sorted(rng.choices(range(len(table)), k=rng.randrange(len(table) + 1)))
        table = table.take(pa.array(rows, pa.int64()))
    elif choice == 1:
        names = [rng.choice(CELLS).replace("\0", "") if each == name else each for each in table.column_names]
        table = table.rename_columns(names)
    elif choice == 2:
        kind = rng.choice(kinds)
        try:
            values = values.cast(kind, safe=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values = pa.nulls(len(table), kind)
        table = table.set_column(column, name, values)
    elif choice == 3:
        table = table.set_column(column, name, pa.array([[0]] * len(table), pa.list_(pa.int64())))
    elif choice == 4:
        table = table.remove_column(column)
    else:
        table = table.append_column(rng.choice((name, "extra")), values)
    file = io.BytesIO()
    parquet.write_table(
        table,
        file,
        write_page_checksum=True,
        compression=rng.choice(("none", "snappy", "gzip", "zstd", "brotli", "lz4")),
        use_dictionary=rng.random() < 0.5,
        store_schema=rng.random() < 0.5,
        data_page_version=rng.choice(("1.0", "2.0")),
        row_group_size=rng.choice((5, 1000)),
    )
    return file.getvalue()
