"""What plug-ins register, and how it is forgotten."""

from contextlib import contextmanager
from unittest import mock

from tsshape import _plugin_files


@contextmanager
def forgotten_afterwards():
    """Whatever is registered or loaded inside is forgotten afterwards."""
    before = {group: dict(things) for group, things in _plugin_files._registered.items()}
    try:
        with mock.patch.object(_plugin_files, "_loaded", {}):
            yield
    finally:
        for group, things in _plugin_files._registered.items():
            things.clear()
            things.update(before.get(group, {}))
