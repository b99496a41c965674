import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from export_panel import IDS, N_POSTS, PANEL, POSTED, assert_read, dated, long, per_day, text, wide

from tsshape import read_export
from tsshape.data import ImportOptions, import_posts

NAMES = ["day{}", "Day {}", "d{}", "{}", "views_{:02d}", "Views (day {})", "t{:03d}", "day_{}_views"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_of_days_are_known_by_a_prefix_and_a_number(write, name):
    _, report = assert_read(write(wide(name=name), separator="\t"))
    assert (report.layout, report.n_times) == ("wide", 14)


def test_days_count_from_0_where_they_do(write):
    zero = wide(name=lambda day: f"day{day - 1}")
    _, report = assert_read(write(zero))
    assert any("counted from 0" in remark for remark in report.remarks)


def test_columns_stand_in_any_order(write):
    table = wide()
    assert_read(write(table[["day14", "id", *reversed(table.columns[1:-1])]]))


@pytest.mark.parametrize(
    ("unit", "step"),
    [
        ("hour", "1 hour"),
        ("week", "7 days"),
        ("Week ", "7 days"),
        ("w", "7 days"),
        ("times", "1 day"),
        ("day", "1 day"),
    ],
)
def test_numbered_columns_have_the_step_that_their_name_counts(write, unit, step):
    _, report = assert_read(write(wide(name=unit + "{}")))
    assert report.step == step


def test_an_option_says_how_long_a_step_of_numbered_columns_is(write):
    _, report = assert_read(write(wide(name="t{}")), step="20min")
    assert report.step == "20 minutes"


def test_two_columns_of_one_day_are_refused(write, refused):
    refused(write(wide().rename(columns={"day07": "day2"})), "'day02' and 'day2' are one day", "--ignore")


@pytest.mark.parametrize("name", ["{}h", "views_{}h", "Hour {}"])
@pytest.mark.parametrize("options", [{}, {"step": "24h"}])
def test_columns_of_hours_that_are_whole_days_are_days(write, name, options):
    _, report = assert_read(write(wide(name=lambda day: name.format(24 * day))), **options)
    assert report.step == "1 day"


def test_a_longer_step_takes_every_so_many_columns(write):
    weekly = PANEL[[7, 14]].set_axis([1, 2], axis=1)
    assert_read(write(wide()), weekly, step="7d")
    two_hours = PANEL[[2, 4, 6, 8, 10, 12, 14]].set_axis(range(1, 8), axis=1)
    assert_read(write(wide(name="hour{}")), two_hours, step="2h")


@pytest.mark.parametrize("before", ["views ", "views_", "Views: ", "v"])
def test_a_word_may_stand_before_the_dates_of_columns(write, refused, before):
    table = dated()
    table = table.rename(columns={name: before + name for name in table.columns[2:]})
    assert_read(write(table))
    likes = dated(PANEL // 20).drop(columns=["id", "posted"]).add_prefix("likes ")
    refused(write(pd.concat([table, likes], axis=1)), f"'{before}2024", "'likes 2024", "--ignore")


@pytest.mark.parametrize("name", ["day{}", "views{}", "{}"])
def test_numbered_features_are_no_counts(write, name):
    """Such as embeddings of pictures, of which there may be more than days."""
    embedding = {f"image_{k}": [k / 7 - 1 + row for row in range(N_POSTS)] for k in range(20)}
    dataset, _ = assert_read(write(wide(name=name, **embedding)))
    assert list(dataset.features) == list(embedding)
    assert not dataset.channels


UNEVEN = {
    "months": [f"2024-{month:02d}" for month in range(1, 13)],
    "named months": [f"{month} 2024" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun")],
    "calendar weeks": [f"2024-W{week:02d}" for week in range(1, 13)],
    "years": [str(year) for year in range(2016, 2024)],
    "months of six digits": [f"2024{month:02d}" for month in range(1, 13)],
    "numbered months": [f"month{month}" for month in range(1, 7)],
    "numbered years": [f"views {year}" for year in range(2016, 2024)],
    "numbered quarters": [f"views quarter {quarter}" for quarter in range(1, 5)],
}


@pytest.mark.parametrize("kind", UNEVEN)
def test_months_weeks_and_years_are_no_days(write, refused, kind):
    names = UNEVEN[kind]
    table = PANEL[range(1, len(names) + 1)].set_axis(names, axis=1).reset_index()
    table.insert(1, "posted", POSTED.dt.strftime("%Y-%m-%d").to_numpy())
    refused(write(table), repr(names[0]), "months" if "months" in kind else kind.removeprefix("numbered "))


@pytest.mark.parametrize("layout", ["transposed", None])
@pytest.mark.parametrize("label", ["day {}", "{}"])
def test_a_row_a_day_is_read_if_an_option_says_so(write, refused, layout, label):
    table = PANEL.T.set_axis([label.format(day) for day in PANEL.columns]).rename_axis("day").reset_index()
    path = write(table)
    if layout is None:
        refused(path, "rows look like days", "--layout transposed")
    else:
        assert_read(path, layout=layout)


@pytest.mark.parametrize("names", ["post{}", "video {}", "{}"])
def test_the_posts_of_a_transposed_table_are_never_taken_for_days(write, refused, names):
    ids = [names.format(k) for k in range(1, N_POSTS + 1)]
    path = write(PANEL.set_axis(ids).T.rename_axis("day").reset_index())
    refused(path, "rows look like days", "--layout transposed")
    assert_read(path, PANEL.set_axis(ids), layout="transposed")


def test_a_transposed_table_with_dates_takes_them_from_upload(write, refused):
    """A table with dates as rows has no time of posting."""
    days = PANEL.T.set_axis(pd.date_range("2024-02-21", periods=14).strftime("%Y-%m-%d")).rename_axis("date")
    path = write(days.reset_index())
    refused(path, "--layout transposed")
    refused(path, "--posted", layout="transposed")


@pytest.mark.parametrize("label", ["", " ", "a\nb", "1", "id"])
def test_a_row_of_a_transposed_table_needs_a_day(write, refused, label):
    table = PANEL.T.rename_axis("day").reset_index().astype({"day": object})
    table.loc[4, "day"] = label
    refused(write(table), "first cell names the day", layout="transposed")


def pivot():
    """Counts of a day with sums beside and below."""
    table = wide(per_day()).assign(Total=PANEL[14].to_numpy())
    total = table.drop(columns="id").sum().rename(len(table)).to_frame().T.assign(id="Grand Total")
    return pd.concat([table, total])[table.columns]


def test_a_pivot_table_is_read_without_its_sums(write, refused):
    path = write(pivot())
    refused(path, "'Grand Total'", "total", "--ignore-post", counts="per-step")
    _, report = assert_read(path, counts="per-step", ignore_post=["Grand Total"])
    assert report.left_out == {"Total": "a sum of others"}
    assert report.n_ignored == 1


def test_a_post_that_is_called_total_but_is_no_sum_stays(write):
    assert_read(write(wide().replace({"id": {IDS[0]: "Total"}})), PANEL.rename(index={IDS[0]: "Total"}))


def test_the_corner_of_a_pivot_table_may_be_blank_if_an_option_names_it(write, refused):
    path = write(text(wide()).removeprefix("id"))
    refused(path, "--id")
    assert_read(path, id="column 1")


def test_days_of_several_counts_are_curves_and_channels(write, refused):
    table = pd.concat(
        [wide(name="views_day{}"), (PANEL // 20).rename(columns="likes_day{}".format).reset_index(drop=True)], axis=1
    )
    dataset, report = assert_read(write(table))
    assert report.channels == ("likesday",) or len(report.channels) == 1
    (likes,) = dataset.channels.values()
    np.testing.assert_array_equal(likes, PANEL // 20)
    dataset, _ = assert_read(write(table), PANEL // 20, value="likes")
    assert len(dataset.channels) == 1
    unknown = table.rename(columns=lambda name: name.replace("views", "seen").replace("likes", "kept"))
    refused(write(unknown), "seen_day1", "kept_day1", "--value")


@pytest.mark.parametrize("records", ["list", "lines", "object", "fields"])
def test_json_is_read_in_its_usual_forms(write, records):
    rows = long().to_dict("records")
    nested = [
        {
            "id": row["id"],
            "snippet": {"publishedAt": row["posted"]},
            "time": row["time"],
            "statistics": {"viewCount": row["views"]},
        }
        for row in rows
    ]
    content = {
        "list": json.dumps(rows),
        "lines": "".join(json.dumps(row) + "\n" for row in rows),
        "object": json.dumps({"kind": "list", "items": rows}),
        "fields": json.dumps(nested),
    }
    assert_read(write(content[records], "export.json"))


def test_a_list_of_samples_in_each_record_of_json_becomes_rows(write):
    records = [
        {
            "id": id_,
            "title": "1984",
            "posted": str(POSTED[id_]),
            "history": [
                {"time": str(POSTED[id_] + pd.Timedelta(days=day)), "views": int(count)} for day, count in row.items()
            ],
        }
        for id_, row in PANEL.iterrows()
    ]
    dataset, report = assert_read(write(json.dumps(records), "export.json"))
    assert dataset.features["title"].to_list() == ["1984"] * N_POSTS
    assert report.roles["value"] == "history.views"


def test_a_list_of_counts_in_each_record_of_json_is_a_curve(write):
    lines = "".join(json.dumps({"id": id_, "views": row.to_list()}) + "\n" for id_, row in PANEL.iterrows())
    assert_read(write(lines, "export.jsonl"))


def workbook(**sheets):
    """The bytes of a workbook with some sheets."""
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        for name, table in sheets.items():
            table.to_excel(writer, index=False, sheet_name=name)
    return file.getvalue()


def test_two_sheets_are_refused_unless_an_option_names_one(write, refused):
    path = write(workbook(Views=wide(), Likes=wide(PANEL // 20)), "book.xlsx")
    refused(path, "'Views', 'Likes'", "--sheet")
    assert_read(path, sheet="Views")
    assert_read(path, PANEL // 20, sheet="Likes")
    refused(path, "'Views', 'Likes'", sheet="Clicks")


@pytest.mark.parametrize("table", [long(spell=lambda at: at.to_pydatetime()), dated(), wide(per_day())])
def test_the_types_of_a_workbook_are_taken(write, table):
    assert_read(write(workbook(Sheet1=table), "book.xlsx"), **({"counts": "per-step"} if "day01" in table else {}))


def test_dates_as_names_of_columns_in_a_workbook_are_dates(write):
    book = openpyxl.Workbook()
    table = dated()
    book.active.append(["id", "posted", *pd.to_datetime(table.columns[2:]).to_pydatetime()])
    for row in table.astype(object).where(table.notna(), None).to_numpy().tolist():
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert_read(write(file.getvalue(), "book.xlsx"))


@pytest.mark.parametrize("table", [long(spell=lambda at: at), wide(), dated()])
def test_parquet_is_read(write, table):
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    assert_read(write(file.getvalue(), "export.parquet"))


def test_ts_files_give_posts_by_line_and_their_class(write, refused):
    lines = "\n".join(",".join(map(str, row)) + f":c{k % 2}" for k, row in enumerate(PANEL.to_numpy()))
    path = write(f"@problemName x\n@univariate true\n@classLabel true c0 c1\n@data\n{lines}\n", "x.ts")
    dataset, _ = assert_read(path, PANEL.set_axis([str(k) for k in range(1, N_POSTS + 1)]))
    assert dataset.labels.to_list() == ["c0", "c1"] * 6
    refused(write("@classLabel true a\n@data\n-1,2:a\n3,4:a\n", "y.ts"), "`tsshape cluster` and `select-k` take")


def test_the_ucr_form_gives_posts_by_line_and_their_class(write, refused):
    path = write("".join(",".join(map(str, [k % 2, *row])) + "\n" for k, row in enumerate(PANEL.to_numpy())), "x.tsv")
    refused(path, "--layout ucr")
    dataset, _ = assert_read(path, PANEL.set_axis([str(k) for k in range(1, N_POSTS + 1)]), layout="ucr")
    assert dataset.labels.to_list() == ["0", "1"] * 6


def test_a_trending_table_has_a_life_for_posts_that_trend_for_some_days(write):
    """Of the form of a well-known data set: a row a video and day, in year.day.month, with some videos once only."""
    table = long(PANEL[[1, 2, 3]]).rename(columns={"id": "video_id", "posted": "publish_time"})
    table["trending_date"] = pd.to_datetime(table.pop("time")).dt.strftime("%Y-%m-%d")
    table = table.assign(
        title="x", channel_title="c", category_id=22, likes=table["views"] // 20, thumbnail_link="https://a"
    )
    imported = import_posts(write(table[table.index != 1]), ImportOptions())
    expected = PANEL[[1, 2, 3]].astype(float)
    np.testing.assert_array_equal(imported.dataset.curves.iloc[1:], expected.iloc[1:])
    assert set(imported.dataset.features) >= {"title", "category_id"}
    assert set(imported.dataset.channels) == {"likes"}
    assert (imported.dataset.authors == "c").all()


def test_lifetime_totals_are_no_life(write, refused):
    table = pd.DataFrame({"id": IDS, "publish_time": POSTED.to_numpy(), "views": PANEL[14].to_numpy()})
    refused(write(table), "one count a post and no time", "--time")


def test_layouts_can_be_named(write):
    assert_read(write(wide()), layout="wide")
    assert_read(write(long()), layout="long")
    assert read_export(write(dated()), layout="wide")[1].times.startswith("dates as columns")
