"""Fixtures that several test folders use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from registered import forgotten_afterwards

# How long an example takes depends on what else the machine is doing.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real engagement curves, named by the environment variable TSSHAPE_DATA."""
    folder = os.environ.get("TSSHAPE_DATA")
    if not folder:
        pytest.skip("TSSHAPE_DATA does not name a folder of real curves")
    return Path(folder)


@pytest.fixture
def clean_registry():
    """Whatever is registered or loaded is forgotten after the test."""
    with forgotten_afterwards():
        yield


@pytest.fixture(scope="session")
def installed_plugin(tmp_path_factory):
    """A folder into which pip has installed the distribution in tests/plugin, without the network."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--no-compile", "--target", folder]
    command = [sys.executable, "-m", "pip", "install", *options, PLUGIN]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture(scope="session")
def python(installed_plugin):
    """Run a program in a new process that has the plug-in installed; its output."""

    def run(*arguments):
        paths = [str(installed_plugin), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
