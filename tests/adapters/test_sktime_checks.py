"""sktime's own checks, and what its look-up of estimators finds in the package."""

import subprocess
import sys

import pytest
from sktime.utils.estimator_checks import check_estimator, parametrize_with_checks

from tsshape.adapters.sktime import EngagementForecaster, ShapeClusterer, ShapeDistance

ESTIMATORS = [ShapeClusterer, ShapeDistance, EngagementForecaster]
LOOK_UP = """
import sys
from skbase.lookup import all_objects
found = all_objects(package_name="tsshape", object_types=None, return_names=True)
print(*(name for name, _ in found))
print(*(name for name in sys.modules if name.startswith("tsshape") and ("test" in name or name.endswith("__main__"))))
forecasters = all_objects(package_name="tsshape", filter_tags={"capability:pretrain": True})
print(*(name for name, _ in forecasters))
"""


# sktime says so where its optional skpro, which predict_proba is for, is not installed.
@pytest.mark.filterwarnings("ignore:Forecasters' predict_proba requires skpro:UserWarning")
# sktime puts forecasts from moving cutoffs together with pandas' old default.
@pytest.mark.filterwarnings("ignore:Sorting by default when concatenating all DatetimeIndex")
@parametrize_with_checks(ESTIMATORS, obj_varname="estimator", check_varname="check")
def test_the_estimators_pass_the_checks_of_sktime(estimator, check):
    results = check_estimator(estimator, tests_to_run=check, raise_exceptions=True, verbose=False)
    assert set(results.values()) == {"PASSED"}


def test_the_look_up_of_skbase_finds_the_estimators_without_a_warning_and_imports_no_test():
    done = subprocess.run([sys.executable, "-W", "error", "-c", LOOK_UP], capture_output=True, text=True, check=True)
    found, strays, pretrained, *_ = done.stdout.split("\n")
    assert found.split() == ["EngagementForecaster", "ShapeClusterer", "ShapeDistance"]
    assert strays == ""
    assert pretrained == "EngagementForecaster"
    assert done.stderr == ""


def test_importing_the_adapters_does_not_import_sktime():
    program = "import sys, tsshape.adapters; print('sktime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
