"""Downloading public data and converting them to dataset folders."""

from tsshape.data._fetch._download import cache_folder
from tsshape.data._fetch._fetch import RECORD_FILE, SOURCE_FILE, FetchReport, fetch, fetch_posts
from tsshape.data._fetch._sets import PUBLIC_SETS, PublicSet

__all__ = [
    "PUBLIC_SETS",
    "RECORD_FILE",
    "SOURCE_FILE",
    "FetchReport",
    "PublicSet",
    "cache_folder",
    "fetch",
    "fetch_posts",
]
