"""Where what can be made or fetched again is kept: compiled kernels and downloads."""

import os
from pathlib import Path


def user_cache() -> Path:
    """Return this user's folder, tsshape in $XDG_CACHE_HOME or in ~/.cache; RuntimeError if the user has no home.

    A variable that is no absolute path counts as not set, as the XDG specification says.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".cache") / "tsshape"
