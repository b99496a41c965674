"""Compiled kernels: contiguous float arrays in, arrays out; what comes in has been checked above.

They are imported when first used: numba takes a tenth of a second, and a forecast at upload needs no kernel.
"""

from typing import TYPE_CHECKING

from tsshape._extras import import_late

if TYPE_CHECKING:
    from tsshape._kernels._aligned import aligned_sums
    from tsshape._kernels._cache import cache_directory
    from tsshape._kernels._dba import dba_update, dba_updates
    from tsshape._kernels._fasterpam import fasterpam
    from tsshape._kernels._host import lanes, register_bytes, target
    from tsshape._kernels._lloyd import LLOYD_CHUNK, LloydPoints, lloyd_points, lloyd_step, lloyd_sums
    from tsshape._kernels._lockstep import LOCKSTEP, lockstep
    from tsshape._kernels._multichannel import MULTICHANNEL
    from tsshape._kernels._nearest import nearest_elastic, nearest_lockstep, nearest_unequal
    from tsshape._kernels._pairs import with_pair
    from tsshape._kernels._pairwise import elastic, elastic_with_cost
    from tsshape._kernels._path import warping_path
    from tsshape._kernels._recurrences import ELASTIC
    from tsshape._kernels._seeding import LaneCosts
    from tsshape._kernels._silhouette import separations, silhouette_samples
    from tsshape._kernels._soft_dtw import soft_dtw_gradient
    from tsshape._kernels._threads import run_chunks, shared_threads
    from tsshape._kernels._unequal import elastic_unequal

_HOMES = {
    "_aligned": ("aligned_sums",),
    "_cache": ("cache_directory",),
    "_dba": ("dba_update", "dba_updates"),
    "_fasterpam": ("fasterpam",),
    "_host": ("lanes", "register_bytes", "target"),
    "_lloyd": ("LLOYD_CHUNK", "LloydPoints", "lloyd_points", "lloyd_step", "lloyd_sums"),
    "_lockstep": ("LOCKSTEP", "lockstep"),
    "_multichannel": ("MULTICHANNEL",),
    "_nearest": ("nearest_elastic", "nearest_lockstep", "nearest_unequal"),
    "_pairs": ("with_pair",),
    "_pairwise": ("elastic", "elastic_with_cost"),
    "_path": ("warping_path",),
    "_recurrences": ("ELASTIC",),
    "_seeding": ("LaneCosts",),
    "_silhouette": ("separations", "silhouette_samples"),
    "_soft_dtw": ("soft_dtw_gradient",),
    "_threads": ("run_chunks", "shared_threads"),
    "_unequal": ("elastic_unequal",),
}
__getattr__ = import_late(__name__, _HOMES)

__all__ = [
    "ELASTIC",
    "LLOYD_CHUNK",
    "LOCKSTEP",
    "MULTICHANNEL",
    "LaneCosts",
    "LloydPoints",
    "aligned_sums",
    "cache_directory",
    "dba_update",
    "dba_updates",
    "elastic",
    "elastic_unequal",
    "elastic_with_cost",
    "fasterpam",
    "lanes",
    "lloyd_points",
    "lloyd_step",
    "lloyd_sums",
    "lockstep",
    "nearest_elastic",
    "nearest_lockstep",
    "nearest_unequal",
    "register_bytes",
    "run_chunks",
    "separations",
    "shared_threads",
    "silhouette_samples",
    "soft_dtw_gradient",
    "target",
    "warping_path",
    "with_pair",
]
