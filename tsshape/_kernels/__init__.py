"""Compiled kernels: contiguous float arrays in, arrays out; what comes in has been checked above."""

from tsshape._kernels._cache import cache_directory
from tsshape._kernels._dba import dba_update, dba_updates
from tsshape._kernels._fasterpam import fasterpam
from tsshape._kernels._host import lanes, register_bytes, target
from tsshape._kernels._lloyd import LloydPoints, lloyd_points, lloyd_step
from tsshape._kernels._lockstep import LOCKSTEP, lockstep
from tsshape._kernels._nearest import nearest_elastic, nearest_lockstep
from tsshape._kernels._pairs import with_pair
from tsshape._kernels._pairwise import elastic, elastic_with_cost
from tsshape._kernels._path import warping_path
from tsshape._kernels._recurrences import ELASTIC
from tsshape._kernels._seeding import LaneCosts
from tsshape._kernels._silhouette import separations, silhouette_samples
from tsshape._kernels._soft_dtw import soft_dtw_gradient
from tsshape._kernels._threads import run_chunks, shared_threads

__all__ = [
    "ELASTIC",
    "LOCKSTEP",
    "LaneCosts",
    "LloydPoints",
    "cache_directory",
    "dba_update",
    "dba_updates",
    "elastic",
    "elastic_with_cost",
    "fasterpam",
    "lanes",
    "lloyd_points",
    "lloyd_step",
    "lockstep",
    "nearest_elastic",
    "nearest_lockstep",
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
