"""What the files at the root of the repository say more than once is the same everywhere."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import distribution

import pytest
import yaml
from documents import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = ROOT / ".github" / "workflows"


def read(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def locked():
    """The versions of `requirements.lock` by the name of the package."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").split()
    return dict(line.split("==") for line in lines)


def test_the_version_is_the_same_in_metadata_citation_and_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, date = re.search(r"^## \[([\d.]+)\] - ([\d-]+)$", changelog, re.MULTILINE).groups()
    citation = read("CITATION.cff")
    assert PROJECT["project"]["version"] == version == citation["version"]
    assert citation["date-released"] == date


def test_a_commit_is_formatted_by_the_locked_version_of_ruff():
    revisions = {hooks["repo"].rpartition("/")[2]: hooks["rev"] for hooks in read(".pre-commit-config.yaml")["repos"]}
    assert revisions == {"ruff-pre-commit": f"v{locked()['ruff']}"}


def test_the_workflow_runs_each_python_of_the_classifiers():
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    tested = read(".github/workflows/tests.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert tested == named
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_a_workflow_may_only_read_unless_it_publishes(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    may_write = {"publish": {"id-token": "write"}, "page": {"contents": "write"}}
    for name, job in workflow["jobs"].items():
        assert job.get("permissions", {"contents": "read"}) == may_write.get(name, {"contents": "read"})


def test_what_is_published_was_tested_and_audited():
    jobs = read(".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["needs"] == ["tests", "audit"]
    assert {"run": "make audit"} in jobs["audit"]["steps"]


def required(name, extras=(), seen=None):
    """All that a distribution needs to run here, with some extras, as pairs of a name and its extras."""
    seen = set() if seen is None else seen
    for needed in map(Requirement, distribution(name).requires or ()):
        key = canonicalize_name(needed.name), frozenset(needed.extras)
        applies = needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in ("", *extras))
        if applies and key not in seen:
            seen.add(key)
            required(*key, seen)
    return seen


def licences(metadata):
    """The licences of a distribution, as `make audit` finds them."""
    expression, classifiers = metadata.get("License-Expression"), metadata.get_all("Classifier") or ()
    named = {each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")} - {"OSI Approved"}
    return {expression} if expression else named or {metadata.get("License")}


def test_each_dependency_has_a_licence_that_is_allowed():
    allowed = {each.strip() for each in PROJECT["tool"]["pip-licenses"]["allow-only"].split(";")}
    versions = {canonicalize_name(name): version for name, version in locked().items()}
    packages = [distribution(name) for name, _ in required("tsshape", ("dask", "images"))]
    # Another version than the locked one may say it in other words.
    known = [each for each in packages if versions[canonicalize_name(each.name)] == each.version]
    refused = {each.name: licences(each.metadata) for each in known if not licences(each.metadata) & allowed}
    assert refused == {}


def test_no_dependency_has_an_upper_bound():
    extras = PROJECT["project"]["optional-dependencies"].values()
    requirements = [*PROJECT["project"]["dependencies"], *(each for extra in extras for each in extra)]
    assert all(re.fullmatch(r"tsshape\[[\w,]+\]|[\w-]+(\[[\w,]+\])?>=[\d.]+", each) for each in requirements)


def test_the_sdist_has_every_file_of_the_repository():
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a clone of the repository, or git is not installed")
    listed = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert tracked - {*included} == {".gitignore", "pyproject.toml"}  # which hatchling always adds
