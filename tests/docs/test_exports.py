"""The example exports are what their script makes, and their page quotes them and their refusals as they are."""

import runpy
import zipfile

import pytest
from documents import ROOT, blocks

from tsshape import DataError, read_export

FOLDER = ROOT / "docs" / "exports"
PAGE = ROOT / "docs" / "bring-your-own-export.md"
# Each without the options that decide, and what its refusal says.
REFUSED = {
    "studio.csv": ({"counts": "per-step"}, "--ignore-post Total"),
    "pivot.xlsx": ({"counts": "per-step"}, "--ignore-post 'Grand Total'"),
    "pageviews.csv": ({}, "say --counts per-step, or --counts cumulative if they are not"),
    "german.csv": ({}, "say --thousands . if"),
    "transposed.csv": ({}, "--layout transposed"),
    "ucr.tsv": ({}, "--layout ucr"),
}


def test_the_exports_are_what_their_script_makes():
    made = runpy.run_path(str(FOLDER / "make.py"))["make"]()
    kept = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix != ".py" and path.stem[0] != "."}
    assert made.keys() == kept.keys()
    assert not [name for name, content in made.items() if content != kept[name]]


def test_lines_of_files_stand_in_a_file():
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if not zipfile.is_zipfile(path)]
    quoted = [line for block in blocks(PAGE) if block.language == "none" for line in block.text.splitlines()]
    assert len(quoted) > 10
    assert not [line for line in quoted if not any(f"\n{line.removesuffix('…')}" in f"\n{text}" for text in texts)]


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_page_calls_refused_is_refused(name):
    options, words = REFUSED[name]
    with pytest.raises(DataError) as refusal:
        read_export(FOLDER / name, **options)
    assert words in str(refusal.value)
