"""Pictures as features: the activations of a network's layers."""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Self, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import Pixels, Unreadable
from tsshape._errors import DataError
from tsshape._extras import require
from tsshape._memory import memory_limit, spell_bytes
from tsshape._validation import Choice, Constraints, Number, check_choice, check_parameters
from tsshape.features._activation_cache import ActivationCache
from tsshape.features._embedding import Embedding
from tsshape.features._network import Activations, Network
from tsshape.features._preprocessing import PRESETS, Preprocessing, pillow_warnings_off


class ImageEmbedder(TransformerMixin, BaseEstimator):
    """Embed pictures as the activations of a network's layers, for any CNN in an ONNX file.

    The default layers are the last two before the softmax, which the paper took as visual features: the input of the
    last layer with weights, and its scores. The network runs on the CPU and needs the extra `images`. Each picture
    passes it alone. The activations therefore depend only on the picture, the network, the layers and the
    preprocessing: on one machine they are bit-identical for any batch size and any number of threads.

    Parameters
    ----------
    model : path
        An ONNX file with its weights inside: one input of 3 channels, first or last, of float32, float16, float64 or
        uint8; any size.
    layers : list of str, optional
        Names of tensors of the network, or of nodes for their first output. A layer of more than one dimension is
        flattened, in C order. By default the last two before the softmax, or before the end of a network without one.
    preprocessing : {"imagenet", "caffe", "signed", "unit", "raw"} or Preprocessing
        How pixels become the network's input: standardised by ImageNet's mean and standard deviation; as blue, green
        and red minus Caffe's mean; scaled to -1…1, to 0…1 or to 0…255. Choose what the network was trained with.
    batch_size : int
        Number of pictures that are held in memory at a time, and between two calls of `on_batch`; at least 1.
    unreadable : {"refuse", "missing"}
        Whether a picture that cannot be read raises DataError, or gets NaN and a warning. Both name the picture.
    cache : path, optional
        A folder that keeps activations, by the content of picture and model, the settings and the versions of
        onnxruntime and pillow. Several processes may share it. Nothing is removed from it.
    n_jobs : int, optional
        Number of threads, each of which takes one picture at a time; None means 1, -1 one for each core.
    on_batch : callable, optional
        Called after each batch with the number of pictures done and the number of all.

    Attributes
    ----------
    layers_ : dict of str to int
        The number of activations of each layer.
    model_digest_ : str
        SHA-256 of the model's file, which must not change between `fit` and `transform`.

    Notes
    -----
    JPEG, PNG, GIF, WebP, TIFF, BMP and AVIF are read; of an animation, the first frame. Colour profiles are ignored. A
    picture of more pixels than `PIL.Image.MAX_IMAGE_PIXELS` cannot be read. onnxruntime runs a network as data, but
    nothing here bounds the time or memory that an unknown network takes.

    References
    ----------
    A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021.

    Examples
    --------
    A network of two layers, and a picture of one colour:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import onnx.parser
    >>> import PIL.Image
    >>> from tsshape.features import ImageEmbedder
    >>> network = onnx.parser.parse_model('''
    ... <ir_version: 8, opset_import: ["" : 17]>
    ... tiny (float[N, 3, 8, 8] pixels) => (float[N, 2] shares) <float[2, 3] weights = {1, 0, 0, 0, 1, 1}> {
    ...   means = GlobalAveragePool (pixels)
    ...   colours = Flatten (means)
    ...   scores = Gemm <transB = 1> (colours, weights)
    ...   shares = Softmax (scores)
    ... }''')
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model, picture = Path(folder, "tiny.onnx"), Path(folder, "orange.png")
    ...     _ = model.write_bytes(network.SerializeToString())
    ...     PIL.Image.new("RGB", (30, 20), (255, 102, 0)).save(picture)
    ...     embedder = ImageEmbedder(model, preprocessing="unit").fit([picture])
    ...     embedder.transform([picture])
       means_0  means_1  means_2  scores_0  scores_1
    0      1.0      0.4      0.0       1.0       0.4
    >>> embedder.get_feature_names_out()[-1]
    'scores_1'
    """

    layers_: dict[str, int]
    model_digest_: str

    _constraints: ClassVar[Constraints] = {
        "unreadable": Choice(get_args(Unreadable)),
        "batch_size": Number(1, integer=True),
    }

    def __init__(
        self,
        model: Any,
        *,
        layers: Sequence[str] | None = None,
        preprocessing: Pixels | Preprocessing = "imagenet",
        batch_size: int = 32,
        unreadable: Unreadable = "refuse",
        cache: Any = None,
        n_jobs: int | None = None,
        on_batch: Callable[[int, int], None] | None = None,
    ) -> None:
        self.model = model
        self.layers = layers
        self.preprocessing = preprocessing
        self.batch_size = batch_size
        self.unreadable = unreadable
        self.cache = cache
        self.n_jobs = n_jobs
        self.on_batch = on_batch

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Open the network, find its layers and count their activations on a black picture.

        Parameters
        ----------
        X, y : None
            Ignored; nothing is learned from pictures.

        Returns
        -------
        self : ImageEmbedder
            The fitted embedder.

        Raises
        ------
        DataError
            If the model cannot be used or has no such layer; the message names the file.
        ImportError
            If onnx, onnxruntime or pillow is not installed.
        """
        del X, y
        require("PIL", extra="images")
        check_parameters(self.get_params(deep=False), self._constraints)
        if self.layers is not None and (isinstance(self.layers, str) or not len(self.layers)):
            raise ValueError(f"layers must be a list of at least one name, or None; got {self.layers!r}")
        if self.layers is not None and len({*self.layers}) < len(self.layers):
            raise ValueError(f"layers must be different; got {self.layers!r}")
        network, _ = self._open(self.layers)
        try:
            activations = network.activations(np.zeros((*network.shape, 3), np.float32))
        except ValueError as error:
            raise DataError(f"{error} (for a black picture)") from error
        names = network.layers if self.layers is None else self.layers
        self.layers_ = dict(zip(names, map(len, activations), strict=True))
        self.model_digest_ = network.digest
        return self

    def transform(self, X: Any) -> pd.DataFrame:
        """Compute the activations of pictures.

        Parameters
        ----------
        X : Series or sequence of paths, of length n_images
            The files of the pictures.

        Returns
        -------
        activations : DataFrame of shape (n_images, n_features_out)
            float32; the index is that of the Series, or 0, 1, …

        Raises
        ------
        DataError
            If a picture cannot be read and `unreadable` is "refuse", the model's file has changed, the network fails on
            a picture or returns numbers that are not finite, or the result would take more than half of the memory (or
            than TSSHAPE_MEMORY_LIMIT).
        """
        check_is_fitted(self)
        index, paths = _as_paths(X)
        n_values = sum(self.layers_.values())
        if (size := 4 * len(paths) * n_values) > memory_limit():
            raise DataError(
                f"{n_values:,} activations of {len(paths):,} pictures take {spell_bytes(size)}, more than"
                f" {spell_bytes(memory_limit())}"
            )
        values = np.full((len(paths), n_values), np.nan, dtype=np.float32)
        reasons = []
        with pillow_warnings_off():
            for row, found in enumerate(self._embed(paths)):
                if isinstance(found, str):
                    reasons.append(found)
                else:
                    values[row] = found
        for reason in reasons:
            warnings.warn(f"{reason}; its features are missing", stacklevel=2)
        return pd.DataFrame(values, index, self.get_feature_names_out())

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Return the names of the activations.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : array of str
            `layer_0`, `layer_1`, … for each layer.
        """
        del input_features
        check_is_fitted(self)
        return np.array([f"{name}_{i}" for name, size in self.layers_.items() for i in range(size)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _open(self, layers: Sequence[str] | None) -> tuple[Network, Preprocessing]:
        """Open the network; return it and the preprocessing of its input."""
        how = self.preprocessing
        if not isinstance(how, Preprocessing):
            check_choice("preprocessing", how, tuple(PRESETS))
            how = PRESETS[how]
        network = Network(Path(self.model), layers, how.size)
        if network.takes_bytes and not how.keeps_bytes:
            raise DataError(f"{self.model} takes pixels from 0 to 255 as they are: preprocessing must be 'raw'")
        return network, how

    def _embed(self, paths: list[Any]) -> Iterator[Activations | str]:
        """Yield the activations of each picture, or a text that says why it cannot be read."""
        network, how = self._open(list(self.layers_))
        if network.digest != self.model_digest_:
            raise DataError(f"{self.model} is another file than the one that was fitted")
        embedding = Embedding(network, how, self._open_cache(network, how))
        with ThreadPoolExecutor(effective_n_jobs(self.n_jobs)) as pool:
            for start in range(0, len(paths), self.batch_size):
                for found in pool.map(embedding.of_picture, paths[start : start + self.batch_size]):
                    if isinstance(found, str) and self.unreadable == "refuse":
                        raise DataError(
                            f"{found}. Leave its features missing with --unreadable missing (unreadable='missing' in"
                            " Python)"
                        )
                    yield found
                if self.on_batch is not None:
                    self.on_batch(min(start + self.batch_size, len(paths)), len(paths))

    def _open_cache(self, network: Network, how: Preprocessing) -> ActivationCache | None:
        """Return the cache for this network, its layers and the preprocessing; None without `cache`."""
        if self.cache is None:
            return None
        versions = {name: require(name, extra="images").__version__ for name in ("onnxruntime", "PIL")}
        settings = {"model": network.digest, "layers": network.layers, "how": how, "versions": versions}
        return ActivationCache(Path(self.cache), repr(settings), sum(self.layers_.values()))


def _as_paths(X: Any) -> tuple[pd.Index, list[Path | None]]:
    """Return the index of the pictures and their paths, None for a missing path."""
    if isinstance(X, str | Path) or np.ndim(X) != 1:
        raise ValueError("X must be a sequence or Series of paths")
    index = X.index if isinstance(X, pd.Series) else pd.RangeIndex(len(X))
    paths: list[Path | None] = []
    for place, path in zip(index, X, strict=True):
        missing = path is None or path is pd.NA or (isinstance(path, float) and np.isnan(path))
        if not missing and not isinstance(path, str | os.PathLike):
            raise DataError(f"the picture of {place!r} must be a path; got {path!r}")
        paths.append(None if missing else Path(path))
    return index, paths
