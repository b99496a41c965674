"""Chunks on threads: all are run, errors come out, and shared threads serve only the thread that shared them."""

import signal
import threading

import pytest
from systems import posix_only

from tsshape._kernels import run_chunks, shared_threads


def names_of_threads(n_chunks=8):
    """The threads on which some chunks ran, as seen from this thread."""
    names = []
    both = threading.Barrier(2, timeout=10)

    def note(_):
        both.wait()
        names.append(threading.current_thread().name)

    run_chunks(note, range(n_chunks), 2)
    return set(names)


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_every_chunk_is_run_once(n_threads):
    done = []
    run_chunks(done.append, range(20), n_threads)
    assert sorted(done) == list(range(20))


def test_an_error_comes_out_once_all_have_ended():
    done = []

    def fail_on_first(chunk):
        if chunk == 0:
            raise ValueError("chunk 0")
        done.append(chunk)

    with pytest.raises(ValueError, match="chunk 0"):
        run_chunks(fail_on_first, range(6), 2)
    assert sorted(done) == [1, 2, 3, 4, 5]


def test_shared_threads_are_the_same_for_all_calls_and_end_with_the_block():
    assert not names_of_threads() & names_of_threads()
    with shared_threads(2):
        first = names_of_threads()
        assert names_of_threads() == first
    assert not any(thread.name in first for thread in threading.enumerate())


def test_chunks_within_chunks_do_not_wait_for_each_other():
    inner = []
    with shared_threads(2):
        run_chunks(lambda _: run_chunks(inner.append, range(4), 2), range(4), 2)
    assert sorted(inner) == sorted([*range(4)] * 4)


@posix_only
def test_chunks_that_are_no_longer_wanted_are_left_out():
    started, stopped = [], threading.Event()

    def stop(*_):
        stopped.set()
        raise InterruptedError

    def work(chunk):
        started.append(chunk)
        if chunk == 0:
            signal.raise_signal(signal.SIGALRM)
        stopped.wait(timeout=10)
        # What runs when the signal comes ends with the next chunks of its own: else it would run on for ever.
        while True:
            run_chunks(str, ["inner"], 1)

    earlier = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(InterruptedError):
            run_chunks(work, range(100), 2)
    finally:
        signal.signal(signal.SIGALRM, earlier)
    assert started[0] == 0
    assert len(started) <= 2
