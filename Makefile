# Everything runs in .venv, which the first target that needs it creates.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# Has what users get, without pip and the tools that look at it.
AUDITED := .venv-audit/audited/bin/python

.PHONY: demo test test-all test-lowest fuzz check format docs speed speed-clustering speed-forecast scale published audit clean

demo: $(INSTALLED)
	rm -rf demo
	$(BIN)/tsshape bench smoke --out demo
	$(BIN)/tsshape report demo --out demo/report.html

# Two processes, each with half of the tests in their order, so that what tests share is made once; then it takes from
# the other. A thread that waits must not keep a core busy.
test test-all test-lowest: export OMP_WAIT_POLICY = passive

test: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist worksteal

test-all: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist worksteal -m "slow or not slow"

# The lowest versions that pyproject.toml allows.
test-lowest: .venv-lowest/.installed
	.venv-lowest/bin/pytest -n 2 --dist worksteal

# Malformed files; those that are neither refused nor read correctly are kept in the folder fuzz.
fuzz: export OMP_WAIT_POLICY = passive

fuzz: $(INSTALLED)
	$(BIN)/python tests/fuzz/run.py --bundles 10000 --tables 10000 --sources 5000 --exports 5000 --runs 10000

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/lint-imports
	$(BIN)/pytest --doctest-modules tsshape

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pages in docs/_build/html; a warning is an error.
docs: .venv/.docs
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# The peers need other versions than the project, so that they have an environment of their own.
speed: .venv-speed/.installed
	.venv-speed/bin/python -W ignore benchmarks/speed/run.py

# The same for clusterings, on the real curves that TSSHAPE_DATA names.
speed-clustering: .venv-speed/.installed
	.venv-speed/bin/python benchmarks/clustering/run.py

# Fits and forecasts up to a million posts, on the data that TSSHAPE_DATA names; a quarter of an hour.
speed-forecast: $(INSTALLED)
	$(BIN)/python benchmarks/forecast/run.py

# Clusterings, forecasts and distances in blocks on Dask, up to 50 million curves; an hour, and 30 GB of disk.
scale: $(INSTALLED)
	$(BIN)/python benchmarks/scale/run.py

# Tables that others published, computed again on data inside other packages and on what TSSHAPE_DATA names; a quarter of
# an hour.
published: .venv-published/.installed
	.venv-published/bin/python benchmarks/published/run.py

# What users get with all extras for running it: its licences, the list of it all (CycloneDX), and its known
# vulnerabilities, about which the package index is asked.
audit: .venv-audit/.installed
	mkdir -p audit
	.venv-audit/bin/pip-licenses --python=$(AUDITED) --format=markdown --output-file audit/licences.md
	.venv-audit/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible --output-file audit/tsshape.cdx.json $(AUDITED)
	.venv-audit/bin/pip --python $(AUDITED) freeze --exclude tsshape > audit/requirements.txt
	.venv-audit/bin/pip-audit --strict --disable-pip --no-deps --requirement audit/requirements.txt

clean:
	rm -rf .venv .venv-lowest .venv-speed .venv-published .venv-audit audit demo fuzz docs/_build docs/gallery docs/reference/generated

# requirements.lock pins the versions that the tests ran on; pyproject.toml says what is accepted.
$(INSTALLED): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "tsshape needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[test]'
	touch $(INSTALLED)

.venv/.docs: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[test,docs]'
	touch $@

.venv-lowest/.installed: pyproject.toml
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest --resolution lowest-direct --editable '.[test]'
	touch $@

.venv-speed/.installed: pyproject.toml benchmarks/speed/requirements.lock
	$(PYTHON) -m venv --clear .venv-speed
	.venv-speed/bin/python -m pip install --quiet --requirement benchmarks/speed/requirements.lock
	.venv-speed/bin/python -m pip install --quiet --no-deps --editable .
	touch $@

# The packages in the second file are read, not imported: they need none of their dependencies.
.venv-published/.installed: pyproject.toml requirements.lock benchmarks/published/requirements.lock
	$(PYTHON) -m venv --clear .venv-published
	.venv-published/bin/python -m pip install --quiet --constraint requirements.lock --editable .
	.venv-published/bin/python -m pip install --quiet --no-deps --requirement benchmarks/published/requirements.lock
	touch $@

.venv-audit/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv --clear .venv-audit
	.venv-audit/bin/pip install --quiet 'pip-audit>=2.10' 'pip-licenses>=5.5' 'cyclonedx-bom>=7.3'
	$(PYTHON) -m venv --without-pip .venv-audit/audited
	.venv-audit/bin/pip --python $(AUDITED) install --quiet --constraint requirements.lock '.[dask,images]'
	touch $@
