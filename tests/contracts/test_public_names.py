"""Every public name says what it is and has an example that runs.

The examples themselves are run by `make check`, as doctests.
"""

import inspect
from importlib import import_module

import pytest
from public_names import MODULES, is_code, objects


def methods(kind):
    """The public methods and properties that a class defines itself."""
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        # What sktime asks of an estimator for its own checks is no user's business.
        if not name.startswith("_") and name != "get_test_params" and inspect.isfunction(function):
            yield name, function


OBJECTS = objects()


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_name_has_an_example(name):
    assert ">>>" in (OBJECTS[name].__doc__ or "")


@pytest.mark.parametrize("name", [name for name, thing in OBJECTS.items() if inspect.isclass(thing)])
def test_the_methods_of_a_public_class_say_what_they_give_and_appear_in_an_example(name):
    examples = "\n".join(filter(None, [OBJECTS[name].__doc__, *(each.__doc__ for _, each in methods(OBJECTS[name]))]))
    shown = "\n".join(line for line in examples.splitlines() if line.lstrip().startswith((">>>", "...")))
    assert not [method for method, function in methods(OBJECTS[name]) if not function.__doc__]
    assert not [method for method, _ in methods(OBJECTS[name]) if f".{method}" not in shown]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for_and_lists_its_constants(module):
    loaded = import_module(module)
    assert loaded.__doc__
    constants = [name for name in getattr(loaded, "__all__", ()) if not is_code(getattr(loaded, name))]
    assert not [name for name in constants if f"`{name}`" not in loaded.__doc__]


def test_public_names_are_found():
    assert {"tsshape.read_curves", "tsshape.metrics.pairwise", "tsshape.forecast.ScaleShapeForecaster"} <= {*OBJECTS}
    assert "tsshape.plots" in MODULES
