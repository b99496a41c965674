"""No link of a page within the project leads nowhere: files exist, and headings that links name."""

import re
from pathlib import Path

import pytest
from documents import FENCE, ROOT

# Written when the pages are built, from what is named like them.
GENERATED = {"gallery/index.rst": "examples/README.rst"}
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^]]*\]\((?P<target>[^)\s]+)\)|\{image\} (?P<image>\S+)")


def links(page):
    """What the links of a page lead to, but for addresses of the web."""
    targets = [match["target"] or match["image"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    return [target for target in targets if not target.startswith(("https://", "http://", "mailto:"))]


def anchors(page):
    """The names by which the headings of a page are linked."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_to(page, path):
    """The file that a path on a page names; of a picture of the gallery, the script that draws it."""
    target = page.parent / GENERATED.get(path, path)
    drawn = re.fullmatch(r"gallery/images/sphx_glr_(plot_\w+)_\d{3}\.png", path)
    return page.parent / "examples" / f"{drawn[1]}.py" if drawn else target


@pytest.mark.parametrize("page", [page for page in PAGES if links(page)], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    dead = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = leads_to(page, path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert not dead


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One heading\n[a](nowhere.md) [b](#one-heading) [c](#another) [d](https://example.org/x)\n")
    assert links(page) == ["nowhere.md", "#one-heading", "#another"]
    assert anchors(page) == {"one-heading"}
    assert not leads_to(page, "nowhere.md").exists()


def test_the_gallery_has_a_page_for_each_script():
    scripts = {path.name for path in Path(ROOT / "docs" / "examples").glob("*.py")}
    assert scripts
    assert all(name.startswith("plot_") for name in scripts)
