"""What `tsshape cite` prints is what CITATION.cff says."""

import yaml
from cli_program import tsshape
from documents import ROOT


def person(author):
    """An author as BibTeX has it; a group is in braces, which keep its words together."""
    return f"{author['family-names']}, {author['given-names']}" if "family-names" in author else f"{{{author['name']}}}"


def fields(work):
    """The fields of an entry, in order, by the keys of CITATION.cff."""
    return {
        "title": work["title"],
        "author": " and ".join(map(person, work["authors"])),
        "journal": work.get("journal"),
        "volume": work.get("volume"),
        "year": work.get("year") or str(work["date-released"])[:4],
        "note": next((each["value"] for each in work.get("identifiers", ())), None),
        "version": work.get("version"),
        "url": work.get("repository-code") or work.get("url"),
    }


def entry(work):
    """A work as a BibTeX entry."""
    kind, given = work["type"], fields(work)
    key = "tsshape" if kind == "software" else f"{work['authors'][0]['family-names'].lower()}{given['year']}"
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in given.items() if value is not None)
    return f"@{kind}{{{key},\n{lines}\n}}"


def test_the_entries_are_those_of_the_citation_file():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert tsshape("cite").stdout == "\n\n".join(map(entry, [citation, *citation["references"]])) + "\n"
