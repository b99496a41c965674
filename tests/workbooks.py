"""Workbooks as raw XML in a zip archive, so that they can lie in ways in which no spreadsheet does."""

import io
import struct
import warnings
import zipfile

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BOOK, SHEET, TEXTS = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ROOT, RELATIONS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
# A post of two days.
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>day1</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>day2</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2"><v>1</v></c><c r="C2"><v>4</v></c></row>'
)


def sheet(rows=ROWS, before="", head=""):
    """The part of a sheet."""
    return f'<?xml version="1.0"?>{head}<worksheet {_MAIN}>{before}<sheetData>{rows}</sheetData></worksheet>'


def texts(content, head=""):
    """The part of the texts to which cells refer by number."""
    return f'<?xml version="1.0"?>{head}<sst {_MAIN}>{content}</sst>'


def book(n_sheets=1, extra=""):
    """The part that names the sheets, all of which are the same one."""
    sheets = "".join(f'<sheet name="S{k}" sheetId="{k}" r:id="r1"/>' for k in range(1, n_sheets + 1))
    return f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>{extra}</workbook>'


def relations(target="worksheets/sheet1.xml", extra=""):
    """The part that says which part a sheet is."""
    sheets = f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="{target}"/>'
    shared = f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    return f'<Relationships xmlns="{_PACKAGE}">{sheets}{shared}{extra}</Relationships>'


def root():
    """The part that says which part the workbook is."""
    found = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{BOOK}"/>'
    return f'<Relationships xmlns="{_PACKAGE}">{found}</Relationships>'


def elsewhere(target):
    """A relationship of a workbook with something outside it."""
    return f'<Relationship Id="r9" Type="{_OFFICE}/externalLink" Target="{target}" TargetMode="External"/>'


def workbook(changed=(), *, more=(), packing=zipfile.ZIP_DEFLATED):
    """The bytes of a workbook whose parts are changed by name; further ones, by pairs, may have the same names."""
    parts = {ROOT: root(), BOOK: book(), RELATIONS: relations(), SHEET: sheet()} | dict(changed)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing, compresslevel=1) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, part in (*parts.items(), *more):
            archive.writestr(name, part)
    return file.getvalue()


def with_size(content, name, size):
    """An archive that says of a part that it has another size."""
    lying = bytearray(content)
    for magic, of_size, of_length, of_name in ((b"PK\1\2", 24, 28, 46), (b"PK\3\4", 22, 26, 30)):
        at = -1
        while (at := lying.find(magic, at + 1)) >= 0:
            length = struct.unpack_from("<H", lying, at + of_length)[0]
            if lying[at + of_name : at + of_name + length] == name.encode():
                struct.pack_into("<I", lying, at + of_size, size)
    return bytes(lying)
