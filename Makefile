# Thin on purpose: what a target does is a command of babelwire or of a tool, and can be typed.
# `make` alone tells the targets.

PYTHON ?= python3
UV := .bootstrap/bin/uv
READY := .venv/.ready

.PHONY: help run test lint bench ui lock clean

help:
	@echo "run    from landed files to the published marts"
	@echo "ui     the same in the browser, with schedule and sensor"
	@echo "test   all tests"
	@echo "lint   ruff, mypy and the import laws"
	@echo "bench  time a first and a second run"
	@echo "lock   resolve the dependencies anew"
	@echo "clean  remove what was installed; data and published marts stay"

run: $(READY)
	.venv/bin/babelwire run

ui: $(READY)
	.venv/bin/babelwire ui

test: $(READY)
	.venv/bin/python -m pytest -q --numprocesses auto --maxprocesses 4

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: $(READY)
	.venv/bin/python -m benchmarks.corridor

# uv is installed into a folder, because a bare Debian has neither venv nor leave to install.
$(UV): bootstrap.lock
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes \
		--upgrade --target .bootstrap -r bootstrap.lock
	touch $@

# Bytecode is compiled now: without it Dagster and Great Expectations import in 13 s, not 5.
$(READY): $(UV) requirements.lock pyproject.toml
	test -x .venv/bin/python || $(UV) venv --quiet --no-python-downloads --python $(PYTHON) .venv
	$(UV) pip install --quiet --no-python-downloads --python .venv/bin/python \
		--require-hashes --compile-bytecode -r requirements.lock
	$(UV) pip install --quiet --no-python-downloads --python .venv/bin/python \
		--no-deps --no-build-isolation -e .
	touch $@

lock: $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --all-extras --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .bootstrap build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
