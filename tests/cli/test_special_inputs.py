"""What comes in by `import` and `report` is a regular file, or it is refused by its name without waiting for it."""

import pytest
from cli_program import tsshape
from contracts.bad_input.reports import BAD_FORECAST_FOLDERS, CURVE
from special_files import SPECIAL_FILES
from systems import posix_only

pytestmark = posix_only


@pytest.mark.parametrize("kind", SPECIAL_FILES)
def test_an_import_of_what_is_no_file_is_one_message(kind, tmp_path):
    SPECIAL_FILES[kind](tmp_path / "export.csv")
    ended = tsshape("import", "export.csv", "--out", "posts", folder=tmp_path, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("tsshape: error: export.csv")
    assert ended.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"]


def test_an_import_through_a_link_is_that_of_the_file(tmp_path):
    (tmp_path / "file.csv").write_text("id,day1,day2\na,1,4\nb,2,3\n")
    (tmp_path / "link.csv").symlink_to("file.csv")
    assert "2 rows" in tsshape("import", "link.csv", "--out", "posts", folder=tmp_path).stdout


@pytest.mark.parametrize("kind", ["pipe", "link to a device"])
@pytest.mark.parametrize("name", ["forecast.json", "summary.csv", "forecast.parquet", "fan.parquet"])
def test_a_forecast_of_which_a_file_is_none_is_one_message(kind, name, tmp_path):
    good = BAD_FORECAST_FOLDERS["a forecast without days"].files | {"run/forecast.parquet": CURVE}
    for path, content in good.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        if target.name != name:
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
    SPECIAL_FILES[kind](tmp_path / "run" / name)
    ended = tsshape("report", "run", "--out", "report.html", folder=tmp_path, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("tsshape: error: run")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "report.html").exists()
