"""Write the example exports of this folder: `python docs/exports/make.py`.

Every post, count and name in them is invented. The same seed gives the same bytes, which a test checks.
"""

import csv
import io
import json
import math
import random
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

FOLDER = Path(__file__).parent
LAST_DAY = datetime(2026, 6, 30, tzinfo=UTC)
# Snapshots are daily at first and become rarer, as those of many scripts.
SNAPSHOT_DAYS = (*range(1, 11), *range(12, 31, 3))

CHANNELS = {"Brot und Butter": 2400, "Slow Trains": 900, "Attic Repairs": 350}
# How many times the usual views a topic gets, the days that half of them take, and the day that they begin to come.
TOPICS = {
    "news": (1.6, 0.7, 0),
    "how-to": (0.8, 9.0, 0),
    "story": (1.0, 3.0, 0),
    "archive": (0.5, 2.5, 8),
}
SUBJECTS = ("a loaf of rye", "the night train", "an old radio", "the ferry", "a leaking tap", "a tram", "a kite")
OPENINGS = {
    "news": "What changed for",
    "how-to": "How to care for",
    "story": "A day with",
    "archive": "Looking back at",
}


@dataclass(frozen=True)
class Post:
    """An invented post and the views of each of its days."""

    id: str
    title: str
    channel: str
    topic: str
    seconds: int
    posted: datetime
    daily: list[int]

    def total(self, day):
        """Return all views up to the end of a day, counted from 1."""
        return sum(self.daily[:day])


def invent(rng, number, posted, n_days=30):
    """Return a post whose views depend on its channel, topic, length and weekday."""
    channel, topic = rng.choice([*CHANNELS]), rng.choice([*TOPICS])
    factor, half, begin = TOPICS[topic]
    seconds = rng.randrange(60, 1500)
    level = CHANNELS[channel] * factor * (1.3 if posted.weekday() >= 5 else 1.0) * (1.2 if seconds < 480 else 1.0)
    level *= math.exp(rng.gauss(0, 0.25))
    half *= math.exp(rng.gauss(0, 0.3))
    # An archive video is hardly seen until somebody finds it again.
    ages = [max(0, day - begin) / half for day in range(n_days + 1)]
    arrived = [1 - 0.15 * 0.5**day - 0.85 * 0.5**age for day, age in enumerate(ages)]
    daily = [round(level * (new - old) * rng.uniform(0.85, 1.15)) for old, new in pairwise(arrived)]
    title = f"{OPENINGS[topic]} {rng.choice(SUBJECTS)}, no. {number}"
    id_ = f"v{number:03}"
    return Post(id_, title, channel, topic, seconds, posted, daily)


def upload_times(rng, n_posts):
    """Return ascending times of upload, every other day, the last of them three days before the last day."""
    first = LAST_DAY - timedelta(days=3 + 2 * (n_posts - 1))
    return [
        first + timedelta(days=2 * number, hours=rng.randrange(-5, 6), minutes=rng.randrange(60))
        for number in range(n_posts)
    ]


def write_rows(rows, **style):
    """Return rows as text of a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", **style).writerows(rows)
    return out.getvalue().encode()


def write_workbook(sheet, rows):
    """Return a workbook of one sheet, as plain as the format allows, so that it is the same bytes every time."""
    office = "http://schemas.openxmlformats.org"
    package, main = f"{office}/package/2006", f"{office}/spreadsheetml/2006/main"
    relation = f"{office}/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
        f' Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>'
        f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
        f' Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _cell(value):
    """Return a cell of a sheet: a number, a text, or nothing."""
    if value is None:
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def channel(posts):
    """Return snapshots of posts of all ages, one line each."""
    head = ["video_id", "title", "published_at", "snapshot_date", "views", "likes", "comments", "channel"]
    rows = [[*head, "duration", "topic"]]
    for post in posts:
        for day in SNAPSHOT_DAYS:
            date = (post.posted + timedelta(days=day)).date()
            if date <= LAST_DAY.date():
                views = post.total(day)
                known = [post.id, post.title, f"{post.posted:%Y-%m-%dT%H:%MZ}", date, views, views // 19, views // 160]
                rows.append([*known, post.channel, post.seconds, post.topic])
    return write_rows(rows)


def planned(posts):
    """Return what is known of posts before they go up."""
    rows = [["id", "author", "posted", "title", "duration", "topic"]]
    rows += [
        [post.id, post.channel, f"{post.posted:%Y-%m-%dT%H:%MZ}", post.title, post.seconds, post.topic]
        for post in posts
    ]
    return write_rows(rows)


def studio(posts):
    """Return the views of each day and video, with the sum of the day before them."""
    rows = [["Date", "Content", "Video title", "Video publish time", "Duration", "Views"]]
    first = min(post.posted for post in posts)
    for number in range(14):
        date = first + timedelta(days=number)
        seen = [(post, (date.date() - post.posted.date()).days) for post in posts]
        seen = [(post, post.daily[day]) for post, day in seen if day >= 0]
        rows.append([date.date(), "Total", "", "", "", sum(views for _, views in seen)])
        for post, views in seen:
            when = f"{post.posted:%b} {post.posted.day}, {post.posted.year}"
            rows.append([date.date(), post.id, post.title, when, post.seconds, views])
    return write_rows(rows)


def polling(posts):
    """Return one record for each look of a script that looks every six hours, with times in seconds since 1970."""
    records = [
        {
            "video": post.id,
            "published": int(post.posted.timestamp()),
            "fetched_at": int((post.posted + timedelta(hours=6 * step)).timestamp()),
            "views": post.total((step - 1) // 4) + post.daily[(step - 1) // 4] * ((step - 1) % 4 + 1) // 4,
        }
        for post in posts
        for step in range(1, 41)
    ]
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def answers(posts):
    """Return an API's answers of each day, collected in one list."""
    records = [
        {
            "fetchedAt": f"{post.posted + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}",
            "id": post.id,
            "snippet": {
                "publishedAt": f"{post.posted:%Y-%m-%dT%H:%M:%SZ}",
                "title": post.title,
                "channelTitle": post.channel,
            },
            "statistics": {"viewCount": str(post.total(day)), "likeCount": str(post.total(day) // 19)},
        }
        for day in range(1, 11)
        for post in posts
    ]
    return ("[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n").encode()


def pivot(posts):
    """Return a pivot table with its sums."""
    days = range(1, 11)
    rows = [["Row Labels", *map(str, days), "Grand Total"]]
    rows += [[post.title, *post.daily[:10], post.total(10)] for post in posts]
    sums = [sum(post.daily[day - 1] for post in posts) for day in days]
    return write_workbook("Views by day", [*rows, ["Grand Total", *sums, sum(sums)]])


def pageviews(posts):
    """Return the views of each page and day on two kinds of devices and together."""
    rows = [["article", "created", "date", "desktop", "mobile", "views"]]
    for post in posts:
        for day, views in enumerate(post.daily[:14]):
            date = (post.posted + timedelta(days=day)).date()
            if views:
                article = post.title.replace(" ", "_")
                rows.append([article, post.posted.date(), date, views * 2 // 5, views - views * 2 // 5, views])
    return write_rows(rows)


def trending(posts):
    """Return what a daily list of popular videos held; it lists some twice a day, and one on one day only."""
    rows = [
        ["video_id", "title", "publishedAt", "channelTitle", "trending_date", "view_count", "likes", "comment_count"]
    ]
    for number, post in enumerate(posts):
        for day in range(3, 4) if number == 3 else range(1, 8):
            date = (post.posted + timedelta(days=day)).date()
            row = [post.id, post.title, f"{post.posted:%Y-%m-%dT%H:%M:%SZ}", post.channel, f"{date}T00:00:00Z"]
            row += [post.total(day), post.total(day) // 19, post.total(day) // 160]
            rows += [row] * (2 if number == 0 and day == 2 else 1)
    return write_rows(rows)


def german(posts):
    """Return a sheet of a German spreadsheet, where 1.551 is more than a thousand."""
    rows = [["video", "titel", *(f"tag{day}" for day in range(1, 8))]]
    rows += [
        [post.id, post.title, *(f"{post.total(day):,}".replace(",", ".") for day in range(1, 8))] for post in posts
    ]
    return write_rows(rows, delimiter=";")


def calendar(posts):
    """Return a table with a column for each date; a post has no count before it went up."""
    first = min(post.posted for post in posts).date()
    dates = [first + timedelta(days=number) for number in range(1, 15)]
    rows = [["video_id", "published", *dates]]
    for post in posts:
        ages = [(date - post.posted.date()).days for date in dates]
        rows.append([post.id, post.posted.date(), *(post.total(age) if age > 0 else "" for age in ages)])
    return write_rows(rows)


def transposed(posts):
    """Return a table with a row for each day and a column for each post."""
    return write_rows(
        [["day", *(post.id for post in posts)]] + [[d, *(p.total(d) for p in posts)] for d in range(1, 15)]
    )


def archive(posts):
    """Return the UCR archive's form: a number for the class, then the values."""
    classes = [*TOPICS]
    rows = [[classes.index(post.topic) + 1, *(post.total(day) for day in range(1, 15))] for post in posts]
    return write_rows(rows, delimiter="\t")


def month(posts, number):
    """Return the snapshots of one month, with the last of the month before once more."""
    rows = [["post_id", "posted", "date", "views"]]
    for post in posts:
        for day in range(1, 31):
            date = (post.posted + timedelta(days=day)).date()
            if date.month == number or (date + timedelta(days=1)).month == number > date.month:
                rows.append([post.id, post.posted.date(), date, post.total(day)])
    return write_rows(rows)


def make():
    """Return the content of each file by its name."""
    rng = random.Random(15)  # noqa: S311 - nothing is secret
    posts = [invent(rng, number, posted) for number, posted in enumerate(upload_times(rng, 160), start=1)]
    ahead = [LAST_DAY + timedelta(days=2 * number, hours=8 + 2 * number) for number in range(1, 7)]
    plans = [invent(rng, number, posted) for number, posted in enumerate(ahead, start=len(posts) + 1)]
    start = datetime(2026, 3, 20, tzinfo=UTC)
    few = [invent(rng, number, start + timedelta(hours=29 * number)) for number in range(1, 7)]
    return {
        "channel.csv": channel(posts),
        "planned.csv": planned(plans),
        "studio.csv": studio(few),
        "polling.jsonl": polling(few),
        "api.json": answers(few),
        "pivot.xlsx": pivot(few),
        "pageviews.csv": pageviews(few),
        "trending.csv": trending(few),
        "german.csv": german(few),
        "calendar.csv": calendar(few),
        "transposed.csv": transposed(few),
        "ucr.tsv": archive(few),
        "2026-03.csv": month(few, 3),
        "2026-04.csv": month(few, 4),
    }


def main(folder):
    """Write the files to a folder."""
    for name, content in make().items():
        (Path(folder) / name).write_bytes(content)


if __name__ == "__main__":
    main(*(sys.argv[1:] or [FOLDER]))
