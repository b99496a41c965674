"""Fixtures that several test folders use."""

import os
from pathlib import Path

import pytest

from tsshape import _plugin_files


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real engagement curves, named by the environment variable TSSHAPE_DATA."""
    folder = os.environ.get("TSSHAPE_DATA")
    if not folder:
        pytest.skip("TSSHAPE_DATA does not name a folder of real curves")
    return Path(folder)


@pytest.fixture
def clean_registry(monkeypatch):
    """Whatever is registered or loaded is forgotten after the test."""
    before = {group: dict(things) for group, things in _plugin_files._registered.items()}
    monkeypatch.setattr(_plugin_files, "_loaded", {})
    yield
    for group, things in _plugin_files._registered.items():
        things.clear()
        things.update(before.get(group, {}))
