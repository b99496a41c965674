"""What the files at the root of the repository say more than once is the same everywhere."""

import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from documents import ROOT

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
def test_a_workflow_may_only_read_and_publishing_alone_gets_an_identity(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert all(rights == {"contents": "read"} for name, rights in more.items() if name != "publish")
    assert more.get("publish", {"id-token": "write"}) == {"id-token": "write"}


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
