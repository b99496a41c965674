"""Workbooks and JSON that no program writes: they lie about their sizes, nest, repeat, or declare entities."""

import json
import sys
import zipfile
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[1]))

import workbooks

_HEAD = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
_PLACES = ("A3", "XFD3", "A1048576", "XFD1048576", "A0", "XFE3", "a3", "", "A3:B4", "ZZZ9999999", "A99999999999", "B2")
_VALUES = ("1", "4", "1e400", "-1", "nan", "9" * 400, "0x10", " 5 ", "", "&#49;", "1,5", "45000.5", "1e-320", "٣")
_KINDS = ("n", "s", "b", "e", "str", "inlineStr", "d", "z", "")


def hostile_workbook(rng: Random) -> bytes:
    """A workbook by hand, with one to three lies."""
    parts = {
        workbooks.SHEET: workbooks.sheet(),
        workbooks.TEXTS: workbooks.texts("<si><t>id</t></si><si><t>é</t></si>"),
    }
    for _ in range(rng.choice((1, 1, 2, 3))):
        parts |= rng.choice((_entities, _long_texts, _odd_rows, _odd_rows, _odd_rows, _sheets, _elsewhere, _utf16))(rng)
    name = rng.choice((*parts, workbooks.RELATIONS))
    twice = rng.choice((name, name.upper(), name.replace("/", "\\"), f"../{name}", "content.xml"))
    more = [(twice, workbooks.sheet())] if rng.random() < 0.15 else []
    packing = rng.choice((*[zipfile.ZIP_DEFLATED] * 9, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    content = workbooks.workbook(parts, more=more, packing=packing)
    if rng.random() < 0.2:
        content = workbooks.with_size(content, name, rng.choice((0, 1, 100, 10**6, 2**31, 2**32 - 2)))
    if rng.random() < 0.1:
        content = rng.choice((content + content[:100], workbooks.workbook() + content, content + workbooks.workbook()))
    return content


def _entities(rng: Random) -> dict[str, str]:
    """A sheet that declares entities, and uses one."""
    rows = workbooks.ROWS.replace(">a<", f">&{rng.choice('abc')};<")
    return {workbooks.SHEET: workbooks.sheet(rows, head=_HEAD)}


def _long_texts(rng: Random) -> dict[str, str]:
    """Texts that cells may refer to."""
    text = f"<si><t>{'x' * rng.choice((1, 10**5, 10**6))}</t></si>"
    return {workbooks.TEXTS: workbooks.texts(text * rng.choice((2, 2, 50_000)) if len(text) < 50 else text * 2)}


def _odd_rows(rng: Random) -> dict[str, str]:
    """Rows of odd cells below the others."""
    return {workbooks.SHEET: workbooks.sheet(workbooks.ROWS + _rows(rng))}


def _sheets(rng: Random) -> dict[str, str]:
    """A number of sheets, all of which are one."""
    return {workbooks.BOOK: workbooks.book(rng.choice((0, 2, 51, 3000)))}


def _elsewhere(rng: Random) -> dict[str, str]:
    """Relationships with what is elsewhere."""
    target = rng.choice(("../../etc/passwd", "/xl/worksheets/sheet1.xml", "http://127.0.0.1:9/x", "workbook.xml"))
    return {workbooks.RELATIONS: workbooks.relations(target, workbooks.elsewhere("file:///etc/passwd"))}


def _utf16(rng: Random) -> dict[str, bytes]:
    """A part in another encoding."""
    name, part = rng.choice(((workbooks.SHEET, workbooks.sheet()), (workbooks.BOOK, workbooks.book())))
    return {name: part.encode("utf-16")}


def _rows(rng: Random) -> str:
    """Rows of cells that are far away, stand in one place, refer to texts or have values of any kind."""
    n, row = rng.choice((1, 1, 10, 20_000)), ""
    for _ in range(rng.choice((1, 3))):
        place, kind, value = rng.choice(_PLACES), rng.choice(_KINDS), rng.choice(_VALUES)
        formula = rng.choice(("", "", "<f/>", "<f>1+1</f>"))
        where = f' r="{place}"' if place else ""
        row += f'<c{where} t="{kind}">{formula}<v>{value}</v></c>'
    return f"<row>{row}</row>" * n


def hostile_json(rng: Random, *, lines: bool) -> bytes:
    """JSON or JSON lines that are deep, long, wide or no JSON."""
    depth = rng.choice((2, 50, 300, 900, 100_000))
    width = rng.choice((1, 100, 30_000))
    value = rng.choice(
        (
            "[" * depth + "]" * depth,
            '{"a":' * depth + "1" + "}" * depth,
            "[" * depth,
            "[" + "1," * width + "1]",
            "[" + '{"":{}},' * width + "{}]",
            "{" + ",".join(f'"k{k}":{k}' for k in range(width)) + "}",
            "9" * rng.choice((20, 400, 5_000)),
            rng.choice(("1e400", "-1e-400", "NaN", "Infinity", "-Infinity", "01", "1.", "+1", "0x1", "true", "nul")),
            json.dumps(rng.choice(("\0", "\ud800", "\udfff", "\ufeff", "\u2028", "\x85", "x" * 10**6))),
            '"\ud800"' if rng.random() < 0.5 else '"open',
        )
    )
    key = rng.choice(("views", "views", "x", "id", "", "a.b", "\u2028"))
    record = f'{{"id": "a", {json.dumps(key)}: {value}}}'
    records = ['{"id": "b", "views": 1}', record, '{"id": "c", "views": 2}']
    rng.shuffle(records)
    text = rng.choice(("\n", "\r\n", "\u2028")).join(records) if lines else f"[{', '.join(records)}]"
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-32-be"))
    return text.encode(encoding, "surrogatepass")
