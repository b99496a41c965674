"""The pages build without a warning, and the built pages hold every public name and no dead link."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from documents import ROOT
from public_names import MODULES, objects

pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """The anchors and the links of a page."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        link = given.get("href") if tag in {"a", "link"} else given.get("src")
        if link and not urlsplit(link).scheme and not link.startswith("//"):
            self.links.append(link)


def built(site):
    """The pages, without the theme's templates."""
    return [path for path in site.resolve().rglob("*.html") if "_static" not in path.parts]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built pages."""
    pytest.importorskip("sphinx", reason="the pages are built where the extra `docs` is installed")
    out = tmp_path_factory.mktemp("html")
    strict = ["-W", "--keep-going", "-E", "-q"]
    command = [sys.executable, "-m", "sphinx", *strict, "-b", "html", str(ROOT / "docs"), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_no_link_between_pages_is_dead(site):
    pages = {path: Page(path) for path in built(site)}
    assert len(pages) > 100
    dead = set()
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.exists() or (parts.fragment and known and unquote(parts.fragment) not in known.anchors):
                dead.add((str(path.relative_to(site.resolve())), link))
    assert not dead


def test_every_public_name_is_in_the_reference(site):
    described = re.findall(r'<dt class="sig[^"]*" id="([\w.]+)"', "".join(map(Path.read_text, built(site))))
    assert not {*objects()} - {*described}
    for module in MODULES:
        page = (site / "reference" / "generated" / f"{module}.html").read_text(encoding="utf-8")
        assert not [name for name in getattr(import_module(module), "__all__", ()) if name not in page]


def test_pages_need_nothing_from_the_web(site):
    loading = re.compile(r'<(?:script|img|link)[^>]*(?:src|href)="(https?:)?//')
    assert not [path.name for path in built(site) if loading.search(path.read_text(encoding="utf-8"))]
