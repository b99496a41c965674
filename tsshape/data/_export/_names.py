"""The usual names of columns in exports."""

import re
import unicodedata

# By preference: where a table has several, the first is taken.
KNOWN_NAMES = {
    role: tuple(names.split())
    for role, names in {
        "id": """
            id postid flickrid videoid mediaid itemid contentid articleid tweetid pinid storyid reelid uuid guid
            shortcode slug content post video article permalink pagepath
            rowlabels zeilenbeschriftungen etiquettesdelignes etiquetasdefila
        """,
        "posted": """
            posted postedat postedon dateposted published publishedat publishedon publishtime publishdate
            publicationdate datepublished videopublishtime created createdat createdtime creationtime createtime
            datecreated
            createdutc uploaded uploadedat uploaddate uploadtime dateuploaded posttime postdate pubdate
            releasedate firstseen
        """,
        "time": """
            time date datetime timestamp snapshotat snapshottime snapshotdate snapshot sampledat sampletime measuredat
            observedat recordedat collectedat collectiontime fetchedat fetchtime scrapedat crawledat crawltime
            capturedat retrievedat checkedat polledat queriedat trendingdate at statdate reportdate day ts age
            dayssinceupload step
            hour week
        """,
        "value": """
            views viewcount viewscount totalviews videoviews pageviews screenpageviews postviews plays playcount
            videoplays impressions totalimpressions hits reads streams downloads reach count value
        """,
        "author": """
            author authorid authorname channelid channel channeltitle channelname owner ownerid username userid
            user account accountid uploader creator pagename
        """,
        "label": "label class",
        "split": "split",
    }.items()
}


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Other counts of a post, which grow after its upload: never features, even where they are constant.
COUNT_NAMES = {*KNOWN_NAMES["value"]} | _words(
    """
    likes likecount dislikes dislikecount comments commentcount commentscount shares sharecount saves savecount
    favorites favoritecount favourites reactions reactioncount retweets retweetcount replies replycount reposts quotes
    clicks watchtime watchtimehours diggs upvotes downvotes score engagement engagements
    """
)
# Never a day or an id, and text even where it looks like a number.
TEXT_NAMES = _words(
    """
    title videotitle name headline caption description text message body tags hashtags keywords url link href
    thumbnail
    thumbnailurl thumbnaillink videourl posturl uri
    """
)
# Times in steps since a post went up, where they are small whole numbers.
AGE_NAMES = {"day": "1D", "age": "1D", "step": None, "hour": "1h", "week": "7D", "dayssinceupload": "1D", "time": None}
# What a column without a name is called.
UNNAMED = _words("column1 unnamed0 index")
# Rows and columns that add up the others.
TOTAL_NAMES = _words(
    """
    total totals sum grandtotal overall gesamt gesamtergebnis summe insgesamt totale totaal somme suma итого 合计 总计
    合計
    """
)

_SUM_WORDS = frozenset(("total", "lifetime", "final", "current", "latest", "overall", "now", "cumulative"))
# Words for a post before `published_at` and the like.
_ITEM = re.compile("^(?:video|post|item|media|content|clip|article|story|reel)")


def plain(name: str) -> str:
    """Return a name in lower case, without what is neither letter nor digit.

    Examples
    --------
    >>> plain("Video publish time"), plain("viewCount"), plain("created_at")
    ('videopublishtime', 'viewcount', 'createdat')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).lower())


def plain_names(name: str) -> tuple[str, ...]:
    """Return what a name may be known as: as a whole, and the last field of a nested record (`stats.viewCount`)."""
    whole, last = plain(name), plain(name.rpartition(".")[2])
    return (whole,) if last == whole else (whole, last)


def is_later_count(name: str) -> bool:
    """Whether a name is that of a count of the post, which grows after its upload: `likes`, or `total_views`.

    Examples
    --------
    >>> is_later_count("viewCount"), is_later_count("Likes (lifetime)"), is_later_count("author_total_views")
    (True, True, False)
    """
    words = set(re.findall("[a-z]+", re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower()))
    is_sum = bool(words & _SUM_WORDS and words & COUNT_NAMES) and not words & set(KNOWN_NAMES["author"])
    return is_sum or any(each in COUNT_NAMES for each in plain_names(name))


def find_known(role: str, names: list[str]) -> list[str]:
    """Return the names that are usual for a role, in the order of preference."""
    known = KNOWN_NAMES[role]
    ranks = {}
    for name in names:
        spellings = plain_names(name)
        if role == "posted":
            spellings += tuple(_ITEM.sub("", each) for each in spellings)
        ranks[name] = min((known.index(each) for each in spellings if each in known), default=-1)
    return sorted((name for name in names if ranks[name] >= 0), key=lambda name: ranks[name])
