"""Exports that no import reads as they are, and options of an import that make no sense."""

import gzip
import io
import zipfile

import openpyxl
import workbooks
from contracts.bad_input.case import bad

LONG = "id,posted,time,views\na,2024-02-20,2024-02-21,5\na,2024-02-20,2024-02-22,9\nb,2024-02-20,2024-02-21,7\n"
WIDE = "id,day1,day2,day3\na,1,4,9\nb,2,3,5\n"


def export(*words, content=WIDE, options="", name="export.csv", **files):
    """An import of one file, or of those that are named."""
    files = {name: content} | {f"{file}.csv": text for file, text in files.items()}
    return bad(files, f"import {' '.join(files)} --out posts {options}", *words)


def long(*words, old="", new="", options=""):
    """A table of samples in which a part of its text is another."""
    return export(*words, content=LONG.replace(old, new), options=options)


def table(header, *rows):
    """A CSV file."""
    return "\n".join((header, *rows)) + "\n"


def book(**sheets):
    """The bytes of a workbook."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def archive():
    """The bytes of a zip archive that is no workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.csv", WIDE)
    return file.getvalue()


def raw_book(*words, options="", **changed):
    """A workbook made by hand, of which some parts are changed."""
    return export(*words, content=workbooks.workbook(**changed), name="book.xlsx", options=options)


def entities(*words, text, kind):
    """A workbook whose part of a kind declares an entity, and uses it."""
    head = f'<!DOCTYPE x [<!ENTITY e {text}><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]>'
    parts = {
        "sheet": {workbooks.SHEET: workbooks.sheet(workbooks.ROWS.replace(">a<", ">&f;<"), head=head)},
        "texts": {workbooks.TEXTS: workbooks.texts("<si><t>&f;</t></si>", head=head)},
        "book": {workbooks.BOOK: head + workbooks.book()},
    }
    return raw_book("declares a type of document", *words, changed=parts[kind])


def far(row):
    """A workbook with one more row."""
    return raw_book("more than the limit", changed={workbooks.SHEET: workbooks.sheet(workbooks.ROWS + row)})


def nested(depth):
    """A record that is in others."""
    return '[{"id": "a", "x": ' + '{"a": ' * depth + "1" + "}" * depth + "}]"


OTHER_SHEET = workbooks.sheet(workbooks.ROWS.replace("<v>4", "<v>5"))
# The parts of an OpenDocument spreadsheet, which repeats a cell as often as it says.
OPEN_DOCUMENT = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": "<manifest/>",
    "content.xml": (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="S"><table:table-row table:number-rows-repeated="1000000"><table:table-cell'
        ' office:value-type="float" office:value="1" table:number-columns-repeated="16000"/></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    ),
}
ROWS = [["id", "day1", "day2"], ["a", 1, 4], ["b", 2, 3]]
SHEETS = book(Views=ROWS, Likes=ROWS)

BAD_EXPORTS = {
    # What can be read in two ways.
    "views of each day, unsaid": export("--counts per-step", content=table("id,d1,d2,d3", "a,9,4,1", "b,7,3,2")),
    "a dot before three digits throughout": export(
        "line 2", "--thousands .", content=table("id;d1;d2", "a;1.551;2.310")
    ),
    "a comma before three digits throughout": export("--decimal ,", content=table("id;d1;d2", "a;1,551;2,310")),
    "marks that contradict each other": export("alike", content=table("id;d1;d2", "a;1.551.000;2.3")),
    "rounded numbers": export("line 2", "--suffixes", content=table("id,d1,d2", "a,1.2K,3.4M")),
    "days or months first": long("line 2", "--day-first", old="2024-02-20,2024-02-21", new="03/04/2024,04/05/2024"),
    "days and months first": export(
        "the day first",
        "line 3",
        content=table("id,posted,time,views", "a,24/02/2024,25/02/2024,5", "a,24/02/2024,02/26/2024,9"),
    ),
    "calendar days without a time of posting": export("--posted", content=table("id,2024-02-21,2024-02-22", "a,1,2")),
    "samples without a time of posting": export(
        "--from-first-sample", content=table("id,time,views", "a,2024-02-21,2")
    ),
    "rows that are days": export("--layout transposed", content=table("day,a,b", "1,5,7", "2,9,8")),
    "rows that are dates": export("--layout transposed", content=table("date,a,b", "2024-02-21,5,7", "2024-02-22,9,8")),
    "a row of totals": export("--ignore-post", content=table("id,d1,d2", "a,1,4", "b,2,3", "c,1,1", "Total,4,8")),
    "a local time that comes twice": long(
        "twice or never", old="2024-02-22", new="2024-10-27T02:30", options="--timezone Europe/Berlin"
    ),
    "a local time that never comes": long(
        "twice or never", old="2024-02-22", new="2024-03-31T02:30", options="--timezone Europe/Berlin"
    ),
    "two sheets": export("'Views', 'Likes'", "--sheet", content=SHEETS, name="book.xlsx"),
    "several counts of unknown names": export("--value", content=table("id,seen1,seen2,kept1,kept2", "a,1,2,1,1")),
    "the number of each row as an id": export(
        "--id video_id",
        content=table("id,video_id,posted,time,views", "1,a,2024-02-20,2024-02-21,5", "2,a,2024-02-20,2024-02-22,9"),
    ),
    "two files of one export that differ": export(
        "b.csv, line 2", "export.csv, line 2", content=LONG, b=LONG.replace(",5", ",6")
    ),
    "two samples of one time": long("line 3", "line 2", old="2024-02-22", new="2024-02-21"),
    "two times of posting": long("line 3, column 'posted'", old="20,2024-02-22", new="19,2024-02-22"),
    "ids that look alike": export(r"\xe9", content=table("id,d1,d2", "é,1,2", "e\u0301,1,2")),
    "ids with a blank behind": export("blanks", content=table("id,d1,d2", "a,1,2", "a ,1,2")),
    # What is no life of posts.
    "months": export("months", content=table("id,posted,2024-01,2024-02", "a,2024-01-01,1,2")),
    "weeks of the calendar": export("calendar weeks", content=table("id,posted,2024-W01,2024-W02", "a,2024-01-01,1,2")),
    "years": export("years", content=table("id,2022,2023,2024", "a,1,2,3")),
    "numbered months": export("--step 30d", content=table("id,month1,month2", "a,1,2")),
    "one count a post": export("--time", content=table("id,published_at,views", "a,2024-02-20,5", "b,2024-02-20,7")),
    "one sample a post": export("no post has more than one count", content=table("id,age,views", "a,5,3", "b,6,3")),
    "a table of titles": export("--id", content=table("title,day1,day2", "a,1,2", "b,1,2")),
    "a table of features": export("--value", content=table("id,followers,topic", "a,1,cats", "b,2,dogs")),
    "the UCR archive's form, unsaid": export("--layout ucr", content="0\t1\t2\t3\n1\t4\t5\t6\n", name="x.tsv"),
    "counts that are all missing": export("no", "count", content=table("id,d1,d2", "a,,", "b,NA,-")),
    # Cells.
    "a word among counts": export("line 3, column 'day2'", "'many'", content=WIDE.replace("2,3", "2,many")),
    "a negative count": export("line 3, column 'day2'", "negative", content=WIDE.replace("2,3", "2,-3")),
    "an infinite count": export("line 3, column 'day2'", content=WIDE.replace("2,3", "2,inf")),
    "a time that is none": long("line 3, column 'time'", "2024-05-31T18:00:00", old="2024-02-22", new="2024-02-31"),
    "a missing time": long("line 3, column 'time'", "missing", old="2024-02-22", new=""),
    "a missing time of posting": long("line 4, column 'posted'", "missing", old="b,2024-02-20", new="b,"),
    "an empty id": export("line 3, column 'id'", "empty", content=WIDE.replace("b,", ",")),
    "an id with a control character": export("line 3", "control character", content=WIDE.replace("b,", "b\x07,")),
    "views before upload": long("line 3", "--timezone", old="2024-02-22", new="2024-02-19"),
    # Files.
    "counts of some hours": export(
        "--step 1h",
        content=table("id,posted,time,views", *(f"a,2024-02-20 00:00,2024-02-20 0{k}:00,{k}" for k in range(1, 9))),
    ),
    "no export": bad({}, "import none.csv --out posts", "none.csv", "no such file"),
    "an empty export": export("export.csv", "empty", content=""),
    "an export of names only": export("no rows", content="id,day1,day2\n"),
    "a column that stands twice": export("'day1'", content=table("id,day1,day1", "a,1,2")),
    "a row of another length": export("line 4", "2 cells", content=WIDE + "c,1\n"),
    "an export in an unsaid encoding": export(
        "--encoding windows-1252", content="id,d1,d2\n\xe9,1,2\n".encode("latin-1")
    ),
    "an encoding nobody knows": export("--encoding 'klingon'", options="--encoding klingon"),
    "an encoding that the file contradicts": export(
        "--encoding", content=WIDE.encode("utf-16"), options="--encoding utf-8"
    ),
    "a packed export cut in half": export("truncated", content=gzip.compress(WIDE.encode())[:-9], name="export.csv.gz"),
    "a page for an export": export("HTML", content="<html><body>Sign in</body></html>\n"),
    "a zip archive for a workbook": export("zip archive", content=archive(), name="book.xlsx"),
    "a workbook cut in half": export("damaged", content=SHEETS[: len(SHEETS) // 2], name="book.xlsx"),
    "a sheet that is not there": export("'Views', 'Likes'", content=SHEETS, name="book.xlsx", options="--sheet Clicks"),
    "a sheet of a text file": export("--sheet", options="--sheet Views"),
    "JSON that is none": export(
        "line 2", content='[{"id": "a", "views": 1},\n{"id": "b", "views": }]\n', name="x.json"
    ),
    "JSON without records": export("records", content='{"error": {"code": 403}}', name="x.json"),
    "JSON with two lists": export("'a', 'b'", content='{"a": [{"x": 1}], "b": [{"x": 1}]}', name="x.json"),
    "a line of JSON lines cut in half": export(
        "line 2", content='{"id": "a", "views": 1}\n{"id": "a", "vi\n', name="x.jsonl"
    ),
    "a .ts file without data": export("@data", content="@problemName x\n@classLabel false\n", name="x.ts"),
    "files without a common column": export("no column in common", content=WIDE, b=table("x,y", "1,2")),
    "two transposed files": export("takes one file", options="--layout transposed", content=WIDE, b=WIDE),
    # Options.
    "no folder to import to": bad({"export.csv": WIDE}, "import export.csv", "--out", "--dry-run"),
    "a folder with files to import to": bad(
        {"export.csv": WIDE, "posts/x": "1"}, "import export.csv --out posts", "posts"
    ),
    "a file to import to": bad({"export.csv": WIDE, "posts": "1"}, "import export.csv --out posts", "posts"),
    "an id that is not there": export("--id", "'video'", options="--id video"),
    "a column to ignore that is not there": export("--ignore", "'likes'", options="--ignore likes"),
    "a post to ignore that is not there": export("--ignore-post", "'Total'", options="--ignore-post Total"),
    "all posts ignored": export("no post is left", options="--ignore-post a --ignore-post b"),
    "a step of no unit": export("--step", options="--step 24"),
    "an endless step": export("--step", options="--step 99w"),
    "one mark for all": export("--decimal", options="--decimal , --thousands ,"),
    "a mark that is a word": export("--thousands", options="--thousands dot"),
    "both orders of dates": export("--day-first", options="--day-first --month-first"),
    "an unknown time zone": export("--timezone", options="--timezone Europe/Atlantis"),
    "an export made at no time": long("--as-of", options="--as-of soon"),
    "an export made before its samples": long("no count", options="--as-of 2024-02-01"),
    "an export made at some time, of posts without one": export("--as-of", "--posted", options="--as-of 2024-02-01"),
    # Workbooks that lie.
    "a workbook that declares an entity": entities("'xl/worksheets/sheet1.xml'", text='"ha"', kind="sheet"),
    "a workbook that names a file as text": entities(
        "'xl/sharedStrings.xml'", text='SYSTEM "file:///etc/passwd"', kind="texts"
    ),
    "a workbook that names an address as text": entities(
        "'xl/workbook.xml'", text='SYSTEM "http://127.0.0.1:9/"', kind="book"
    ),
    "a workbook in UTF-16": raw_book("is not UTF-8", changed={workbooks.SHEET: workbooks.sheet().encode("utf-16")}),
    "a workbook with two sheets in one place": raw_book("two parts of one name", more=[(workbooks.SHEET, OTHER_SHEET)]),
    "a workbook with two sheets in places that look alike": raw_book(
        "two parts of one name", more=[("XL\\Worksheets\\SHEET1.xml", OTHER_SHEET)]
    ),
    "a workbook whose sheet is a file elsewhere": raw_book(
        "may be damaged", changed={workbooks.RELATIONS: workbooks.relations("../../../../etc/passwd")}
    ),
    "a workbook whose sheet is at an address": raw_book(
        "may be damaged", changed={workbooks.RELATIONS: workbooks.relations("http://127.0.0.1:9/sheet.xml")}
    ),
    "a workbook with another spreadsheet in it": raw_book(
        "may be damaged", changed=OPEN_DOCUMENT | {workbooks.BOOK: "<broken"}
    ),
    "a workbook of 51 sheets": raw_book("51 sheets", "--sheet", changed={workbooks.BOOK: workbooks.book(51)}),
    "a cell in the last row and column": far('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "rows and columns that are far away by themselves": far('<row r="1048576"/><row r="3"><c r="XFD3"/></row>'),
    "a workbook packed as no spreadsheet does it": raw_book("packed", packing=zipfile.ZIP_BZIP2),
    "a sheet that is smaller than it says": export(
        "damaged or not whole",
        content=workbooks.with_size(workbooks.workbook(), workbooks.SHEET, 10**6),
        name="book.xlsx",
    ),
    "a sheet that is larger than it says": export(
        "damaged or not whole", content=workbooks.with_size(workbooks.workbook(), workbooks.SHEET, 99), name="book.xlsx"
    ),
    "a workbook with a password": export(
        "a password", content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64, name="book.xlsx"
    ),
    # JSON that no program writes.
    "JSON of 100,000 lists": export("nested too deeply", content="[" * 100_000, name="x.json"),
    "JSON of 100,000 objects": export("nested too deeply", content='{"a":' * 100_000, name="x.jsonl"),
    "a record in 990 others": export("nested too deeply", content=nested(990), name="x.json"),
    "a number beyond all floats": export("beyond all floats", content='[{"id": "a", "day1": 1e400}]', name="x.json"),
    "a whole number beyond all floats": export(
        "not a finite number", content=f'[{{"id": "a", "day1": {10**400}, "day2": 1}}]', name="x.json"
    ),
    "a number of 5,000 digits": export(
        "too many digits", content='[{"id": "a", "day1": ' + "9" * 5000 + "}]", name="x.json"
    ),
    "a key that stands twice": export(
        "'day1' stands twice", content='[{"id": "a", "day1": 1, "day1": 2}]', name="x.json"
    ),
    "NaN in JSON": export("NaN is no JSON", content='[{"id": "a", "day1": NaN}]', name="x.json"),
    "infinity in JSON lines": export(
        "line 2",
        "-Infinity is no JSON",
        content='{"id": "a", "day1": 1}\n{"id": "b", "day1": -Infinity}',
        name="x.jsonl",
    ),
    "half a character in JSON": export(
        "record 1, field 'id'", "not text", content='[{"id": "\\ud800", "day1": 1}]', name="x.json"
    ),
    "half a character as a key": export("control character", content='[{"id": "a", "\\udfff": 1}]', name="x.json"),
    "a NUL in JSON": export("NUL", content='[{"id": "a\\u0000", "day1": 1}]', name="x.json"),
    "a line of JSON without an end": export(
        "line 2", "unterminated", content='{"id": "a", "day1": 1}\n{"id": "' + "b" * 1_000_000, name="x.jsonl"
    ),
    # Text that is none.
    "a NUL in an export": export("line 2, column 'id'", "NUL", content=WIDE.replace("a,", "a\0,")),
    "half an UTF-16 character": export("line 3, column 'day3'", "not UTF-16", content=WIDE.encode("utf-16")[:-3]),
    "a surrogate in UTF-8": export("line 2, column 'id'", "not UTF-8", content=b"id,day1\n\xed\xa0\x80,1\n"),
    "a name of a column of megabytes": export("line 1", "field limit", content=f"id,{'x' * 2_000_000},day1\na,1,2\n"),
    "a quote that is not closed for megabytes": export("line 4", content=WIDE + '"' + "x\n" * 500_000),
    "a packed export with something behind": export(
        "no gzip file", content=gzip.compress(WIDE.encode()) + b"more", name="export.csv.gz"
    ),
    "an export packed twice": export(
        "NUL", content=gzip.compress(gzip.compress(WIDE.encode(), mtime=0), mtime=0), name="export.csv.gz"
    ),
    # Times far away.
    **{
        f"a time of posting in {words}": long("line 2, column 'posted'", *said, old="a,2024-02-20", new=f"a,{time}")
        for words, time, *said in (
            ("the year 0", "0000-01-01", "years 1 to 9999"),
            ("the year 10000", "10000-01-01", "not a time"),
            ("the 30th of February", "2024-02-30", "not a time"),
            ("seconds beyond all clocks", "99999999999999999999", "not a time"),
            ("seconds before 1970, among dates", "-1", "not a time"),
        )
    },
    "a time of posting 2,000 years ago": long("738,", "at most 20,000", old="a,2024-02-20", new="a,0001-01-01"),
    "a sample in the year 9999": long("at most 20,000", old="2024-02-22", new="9999-12-31"),
}
