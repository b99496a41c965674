"""Fixtures that several test folders use."""

import os
from pathlib import Path

import pytest

from tsshape.metrics import _registry as registry


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
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(registry, "_loaded_files", {})
