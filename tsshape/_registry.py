"""Estimators by name: which there are, and one made from a name and parameters."""

from collections.abc import Callable, Mapping
from inspect import Parameter, isclass, signature
from types import MappingProxyType
from typing import Any, TypeAlias

from tsshape import _entry_points
from tsshape._plugin_files import registered
from tsshape._validation import check_parameters

Constructor: TypeAlias = Callable[..., Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Registry:
    """Constructors of estimators by name: built in, registered in this process, or offered in an entry-point group.

    A built-in name cannot be taken over, so that a result with that name is always of the same method. Without a group
    there are the built-in ones only.
    """

    def __init__(self, what: str, built_in: Mapping[str, Constructor], group: str = "") -> None:
        self.what = what
        self.built_in = built_in
        self.group = group

    def names(self) -> tuple[str, ...]:
        """Return the built-in names, then all others in ascending order; nothing is loaded."""
        others = {*registered(self.group), *_entry_points.offered_names(self.group)}
        return (*self.built_in, *sorted(others - self.built_in.keys()))

    def register(self, name: str, kind: Any) -> None:
        """Register a class by a name, from now on, in this process."""
        if name in self.built_in:
            raise ValueError(f"{name!r} is the name of a built-in {self.what}: choose another")
        registered(self.group)[name] = self._checked(name, kind, "this plug-in")

    def find(self, name: str) -> Constructor:
        """Return the constructor of that name; an entry point is loaded now."""
        known = self.built_in.get(name) or registered(self.group).get(name)
        if known is not None:
            return known
        if name not in self.names():
            raise ValueError(f"there is no {self.what} {name!r}; there are {', '.join(self.names())}")
        return self._checked(name, *_entry_points.load_entry_point(self.group, name))

    def make(
        self,
        name: str,
        parameters: Mapping[str, Any],
        defaults: Mapping[str, Any] = NOTHING,
        *,
        options: Mapping[str, str] | None = None,
    ) -> Any:
        """Return an unfitted estimator; see `tsshape.cluster.make_clusterer`."""
        constructor = self.find(name)
        named = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
        has = [each.name for each in signature(constructor).parameters.values() if each.kind in named]
        for parameter in parameters:
            if parameter not in has:
                spelled = [each if options is None else options.get(each, "") for each in (parameter, *has)]
                known = ", ".join(filter(None, spelled[1:])) or "none"
                raise ValueError(f"the {self.what} {name!r} has no parameter {spelled[0]!r}; it has {known}")
        made = constructor(**{each: value for each, value in defaults.items() if each in has} | dict(parameters))
        _check_values(made)
        return made

    def _checked(self, name: str, found: Any, owner: str) -> Constructor:
        """Refuse what is no class of estimators."""
        if not isclass(found) or not (hasattr(found, "fit") and hasattr(found, "predict")):
            raise TypeError(
                f"{owner} must offer a class with fit and predict as the {self.what} {name!r}; got {found!r}"
            )
        return found


def _check_values(estimator: Any) -> None:
    """Let an estimator of ours or of scikit-learn refuse values before it sees data; others do so when fitted."""
    if hasattr(estimator, "_check_parameters"):
        estimator._check_parameters()  # noqa: SLF001
    elif hasattr(estimator, "_constraints"):
        check_parameters(estimator.get_params(deep=False), estimator._constraints)  # noqa: SLF001
    elif hasattr(estimator, "_parameter_constraints"):
        estimator._validate_params()  # noqa: SLF001
