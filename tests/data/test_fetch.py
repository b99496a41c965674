"""Public data are downloaded once, checked, and converted whole or not at all; the posts here are invented."""

import errno
import json
import socket

import pandas as pd
import pytest
from youku_layout import DAYS, N_POSTS, git_hash, layout, listing, post, served, write

from tsshape import DataError, fetch, load_dataset
from tsshape.data import PUBLIC_SETS, fetch_posts

DAY = "2015-12-16"
CURVES, PROPERTIES, AUTHORS, TEXTS = (
    f"{kind}/{DAY}"
    for kind in (
        "data/view count clean",
        "features/video property",
        "features/user statistic",
        "features/textual analysis",
    )
)
TRAINING = "prediction/datasets/vc_bylevel_training_level"


@pytest.fixture(scope="module")
def files():
    """The files of all ten days."""
    return layout()


@pytest.fixture
def one_day():
    """The files of one day."""
    return layout([DAY])


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "tsshape" / "downloads"


def nothing_left(out):
    """Whether neither a folder nor a part of one is there."""
    return not out.exists() and not [*out.parent.glob(f".{out.name}*")]


def test_ten_days_come_with_their_division_from_an_address_and_are_downloaded_once(files, tmp_path):
    shown = []
    with served(files | {"files.tsv": listing(files)}) as (address, asked):
        report = fetch_posts("youku_twostage", tmp_path / "out", address, lambda *each: shown.append(each))
        assert sorted(asked) == sorted([*files, "files.tsv"])
        asked.clear()
        fetch_posts("youku_twostage", tmp_path / "again", address)
        assert asked == ["files.tsv"]
    total = sum(map(len, files.values()))
    assert shown == sorted(shown)
    assert shown[-1] == (total, total)
    dataset = load_dataset(tmp_path / "out")
    assert [*dataset.curves.index] == [post(day, number) for day in DAYS for number in range(N_POSTS)]
    assert dataset.split.value_counts().to_dict() == {"train": 120, "test": 120}
    assert dataset.split[post(DAY, 1)] == "train"
    assert dataset.posted[post("2015-12-21", 0)] == pd.Timestamp("2015-12-21")
    assert (report.n_posts, report.n_times, report.days) == (240, 30, tuple(DAYS))


def test_features_are_named_and_what_came_later_is_apart(one_day, tmp_path):
    with pytest.warns(UserWarning, match="5 of 5 files, the first of them 'data/view count clean/2015-12-16', are not"):
        dataset = fetch("youku30", tmp_path / "out", source=write(one_day, tmp_path / "source"))
    assert [*dataset.curves.loc[post(DAY, 1)]][:3] == [32, 40, 48]
    assert dataset.features.loc[post(DAY, 1)].dropna().to_dict() == {
        "category": "旅游", "duration": 61.5, "publish_hour": 1, "n_streamtypes": 4, "copyright_type": "original",
        "public_type": "all", "source_name": 'a "client', "user_age_days": 301, "user_is_verified": 1,
        "user_is_vip": 0, "user_videos": 40, "user_favorites": 16, "user_playlists": 2, "user_following": 5,
        "title_len": 11, "title_senti": 0.9979, "des_len": 0, "des_senti": 0.5, "tags_count": 2, "tags_senti": 0.25,
    }  # fmt: skip
    # `None` in a table is a missing value, and so is an author without statistics.
    assert dataset.features["user_followers"].isna().all()
    assert dataset.features["user_videos"].isna().sum() == N_POSTS // 6
    assert dataset.authors[post(DAY, 3)] == "3"
    late = pd.read_parquet(tmp_path / "out" / "late.parquet")
    assert late.columns.tolist() == ["user_total_views"]
    assert late.loc[post(DAY, 1), "user_total_views"] == 10**9 + 1
    assert dataset.split is None


def test_a_folder_keeps_licence_citation_and_the_hash_of_each_file(one_day, tmp_path):
    report = fetch_posts("youku30", tmp_path / "out", write(one_day, tmp_path / "source"))
    record = json.loads((tmp_path / "out" / "fetch.json").read_text())
    assert {file["path"]: file["git_blob_sha1"] for file in record["files"]} == {
        path: git_hash(content) for path, content in one_day.items() if not path.startswith("prediction")
    }
    text = (tmp_path / "out" / "SOURCE.txt").read_text()
    for words in (report.licence, report.citation, "@article", report.commit, *report.remarks):
        assert words in text


def test_the_published_files_are_known_by_hash():
    listed = {file.path: file for each in PUBLIC_SETS.values() for file in each.published()}
    assert len(listed) == 43
    assert listed[CURVES].git_hash == "40b2463aa095be334a18df9ebe1d175e14a74c1e"


def test_a_download_that_breaks_leaves_no_folder_and_the_next_goes_on(one_day, tmp_path, cache):
    offered = one_day | {"files.tsv": listing(one_day)}
    with served(offered, cut=[AUTHORS]) as (address, _), pytest.raises(ConnectionError, match="the download failed"):
        fetch_posts("youku30", tmp_path / "out", address)
    assert nothing_left(tmp_path / "out")
    assert {path.name for path in cache.iterdir()} == {git_hash(one_day[path]) for path in (CURVES, PROPERTIES)}
    with served(offered) as (address, asked):
        fetch_posts("youku30", tmp_path / "out", address)
    assert sorted(asked) == sorted(["files.tsv", AUTHORS, TEXTS, "features/textual analysis/headers"])


def test_a_file_that_was_damaged_in_the_cache_is_downloaded_again(one_day, tmp_path, cache):
    with served(one_day | {"files.tsv": listing(one_day)}) as (address, asked):
        fetch_posts("youku30", tmp_path / "out", address)
        (cache / git_hash(one_day[TEXTS])).write_bytes(b"damaged")
        asked.clear()
        fetch_posts("youku30", tmp_path / "again", address)
    assert asked == ["files.tsv", TEXTS]


@pytest.mark.parametrize("own_list", [True, False])
def test_an_address_must_have_the_content_of_its_list_or_the_published_one(own_list, one_day, tmp_path, cache):
    wrong = one_day | {CURVES: one_day[CURVES].replace(b"\t16\t", b"\t17\t")}
    offered = wrong | ({"files.tsv": listing(one_day)} if own_list else {})
    with served(offered) as (address, _), pytest.raises(DataError) as error:
        fetch_posts("youku30", tmp_path / "out", address)
    expected = git_hash(one_day[CURVES]) if own_list else PUBLIC_SETS["youku30"].published()[0].git_hash
    for words in (address, "clean/2015-12-16", git_hash(wrong[CURVES]), expected, "files.tsv"):
        assert words.replace(" ", "%20") in str(error.value).replace(" ", "%20")
    assert nothing_left(tmp_path / "out")
    assert not [*cache.iterdir()]


def test_a_folder_with_a_list_must_have_its_content(one_day, tmp_path):
    folder = write(one_day | {"files.tsv": listing(one_day)}, tmp_path / "source")
    fetch_posts("youku30", tmp_path / "out", folder)
    (folder / TEXTS).write_bytes(one_day[TEXTS].replace(b"0.9979", b"0.9978"))
    with pytest.raises(DataError, match=f"{TEXTS} has another content than files.tsv says"):
        fetch_posts("youku30", tmp_path / "again", folder)
    assert nothing_left(tmp_path / "again")


def test_no_network_is_one_message_with_the_address_and_what_to_do(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(
            ConnectionError, match="the download failed: Connection refused; check the network"
        ) as error:
            fetch_posts("youku30", tmp_path / "out", address)
    assert error.value.filename == f"{address}/files.tsv"
    assert nothing_left(tmp_path / "out")


def test_a_missing_file_is_the_answer_of_the_server(one_day, tmp_path):
    offered = {path: content for path, content in one_day.items() if path != TEXTS}
    with (
        served(offered | {"files.tsv": listing(one_day)}) as (address, _),
        pytest.raises(DataError, match="404 'Not Found'"),
    ):
        fetch_posts("youku30", tmp_path / "out", address)


def test_a_full_disk_leaves_no_folder_and_is_named(one_day, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tsshape.data._fetch._fetch.write_table", full)
    with pytest.raises(OSError, match="No space left"):
        fetch_posts("youku30", tmp_path / "out", write(one_day, tmp_path / "source"))
    assert nothing_left(tmp_path / "out")


WRONG = {
    "a word for a count": (CURVES, b"\t16\t", b"\tmany\t", "2015-12-16, line 1", "'many' is not a number"),
    "a short line": (TEXTS, b"\t0.9979", b"", "2015-12-16, line 1: 7 cells", "8 are expected"),
    "a post twice": (CURVES, b"P1602==", b"P1601==", "same id"),
    "a post without properties": (PROPERTIES, b"P1601==", b"P1699==", f"{PROPERTIES} lacks 1 posts", "'P1601=='"),
    "another encoding": (PROPERTIES, "旅游".encode(), b"\xc2\xc3", "line 1, column 'category'", "not UTF-8"),
    "no file": (TEXTS, None, None, f"{TEXTS}: there is no such file"),
    "no curves": (CURVES, None, None, "there is no file 'data/view count clean/2015-12-12'"),
    "no name of a column": ("features/textual analysis/headers", b"des_len", b"len", "must name", "'des_len'"),
    "a post in both parts": (TRAINING, b"P1601==", b"P1602==", "post 'P1602==' of the training part"),
    "a post in no part": (TRAINING, b"P1601==\t1\t2\t(1, 2)\n", b"", "1 posts are in no part", "'P1601=='"),
    "an empty table": (AUTHORS, ..., b"", "has no rows"),
    "a list that is none": ("files.tsv", ..., b"<html>", "files.tsv, line 1", "git_blob_sha1"),
    "a list with a short hash": (
        *("files.tsv", ..., b"path\tgit_blob_sha1\tbytes\na\tb\t1\n", "files.tsv, line 2", "git hash-object"),
    ),
    "a list that lacks files": ("files.tsv", ..., listing({CURVES: b""}), "files.tsv lacks 6 files", PROPERTIES),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_one_message_that_names_its_place(wrong, one_day, tmp_path):
    path, old, new, *words = WRONG[wrong]
    if new is None:
        del one_day[path]
    else:
        one_day[path] = new if old is ... else one_day[path].replace(old, new, 1)
    with pytest.raises(DataError) as error:
        fetch_posts("youku_twostage", tmp_path / "out", write(one_day, tmp_path / "source"))
    for word in words:
        assert word in str(error.value)
    assert nothing_left(tmp_path / "out")


def test_posts_of_the_division_without_a_curve_are_told(files, tmp_path):
    more = files | {TRAINING: files[TRAINING] + b"gone==\t1\t1\t(1, 1)\n"}
    report = fetch_posts("youku_twostage", tmp_path / "out", write(more, tmp_path / "source"))
    assert report.remarks[-1] == "1 posts of the published division have no curve"


def test_what_cannot_be_begun_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="no public set 'youku'; there are youku30 and youku_twostage"):
        fetch_posts("youku", tmp_path / "out")
    with pytest.raises(DataError, match="is not an empty folder"):
        fetch_posts("youku30", tmp_path, tmp_path)
    with pytest.raises(DataError, match="there is no such folder; a source is a folder, or an address"):
        fetch_posts("youku30", tmp_path / "out", tmp_path / "nowhere")
