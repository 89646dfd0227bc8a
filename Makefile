# Four commands on a fresh machine; each makes its own .venv and installs what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Three times the cores: most tests wait for a daemon, a browser or a broker half of their time.
WORKERS ?= $(shell echo $$((3 * $$(getconf _NPROCESSORS_ONLN))))
WEB_LINT := tests/web-lint
# Each prints one JSON object; data.py, mood.py and people.py need the data set, see their first lines.
BENCHES := $(addprefix tests/bench/, vision.py daemon.py play_command.py chooser.py bench_model.py)

# Whoever starts a hundred processes compiles their modules once, whatever the image has set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo pictures test lint bench fuzz test-install test-update test-arm64 image test-image test-layers test-cuts test-power test-home-assistant test-fleet test-ray test-pipeline
demo: $(VENV)/.demo
	@$(BIN)/moodbox models fetch --quick
	$(BIN)/moodbox demo $(ARGS)

# The workers share the cores: OpenMP's and OpenCV's threads would wait for each other's by spinning.
test: export OMP_NUM_THREADS = 1
test: export OPENCV_FOR_THREADS_NUM = 1
test: $(VENV)/.dev .apt-dev
	$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

lint: $(VENV)/.dev $(WEB_LINT)/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	npm --prefix $(WEB_LINT) run --silent lint

bench: $(VENV)/.dev
	for bench in $(BENCHES); do echo "$$bench"; $(BIN)/python $$bench || exit 1; done

# A million inputs that nobody means well by, at every parser.
fuzz: $(VENV)/.dev
	$(BIN)/python tests/bench/fuzz.py $(ARGS)

# Of the real page, as the demo shows it; ARGS=FOLDER keeps every view there.
pictures: $(VENV)/.dev .apt-dev
	$(BIN)/python tests/tools/make_pictures.py $(or $(ARGS),--docs)

# Without a Pi, but for real, and long: the playbook on Debian trees; the box's processor emulated.
test-install: $(VENV)/.dev
	tests/tools/test_install.sh $(ARGS)

# After test-install, in what it has installed.
test-update: $(VENV)/.dev
	tests/tools/test_update.sh $(ARGS)

test-arm64: $(VENV)/.dev
	tests/tools/test_arm64.sh $(ARGS)

# A card to flash, for the box's processor; then that card in a virtual machine.
image: $(VENV)/.dev
	ansible/image/build.sh

test-image:
	tests/tools/test_image.sh $(ARGS)

# The way back of an image in layers; two hundred power cuts of an image's disk, without emulation.
test-layers:
	tests/tools/test_layers.sh $(ARGS)

test-cuts:
	tests/tools/test_cuts.sh $(ARGS)

# A real Home Assistant, installed into build/, against a real broker and the daemon.
test-home-assistant: $(VENV)/.dev .apt-dev
	tests/tools/test_home_assistant.sh $(ARGS)

# A real Flower server and three boxes, installed into build/.
test-fleet: $(VENV)/.dev
	tests/tools/test_fleet.sh $(ARGS)

# A sweep of trainings on a Ray cluster of two nodes, one of which dies; installed into build/.
test-ray: $(VENV)/.dev
	tests/tools/test_ray.sh $(ARGS)

# The whole pipeline on a small set: ARGS="--data fer2013.npz --yunet models/face_detection_yunet_….onnx".
test-pipeline: $(VENV)/.dev
	$(BIN)/python tests/bench/pipeline.py $(ARGS)

# Two hundred power cuts of the daemon and of its updates.
test-power: $(VENV)/.dev .apt-dev
	MOODBOX_KILLS=200 $(BIN)/python -m pytest tests/daemon/test_power.py tests/edge/update/test_power.py $(ARGS)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[convert,dev]'
	touch $@ $(VENV)/.demo

# What checks the page's JavaScript, at the versions of its lock.
$(WEB_LINT)/node_modules/.installed: $(WEB_LINT)/package-lock.json
	@command -v npm >/dev/null || { echo "missing program; run: sudo apt-get install npm" >&2; exit 1; }
	npm --prefix $(WEB_LINT) ci --no-audit --no-fund --silent
	touch $@

# Programs that the tests use for real: a broker, a browser, and what watches system calls.
.PHONY: .apt-dev
.apt-dev:
	@sh tests/tools/apt.sh mosquitto:mosquitto mpd:mpd strace:strace openssl:openssl cc:gcc systemd-analyze:systemd curl:curl nft:nftables \
		"mopidy:mopidy mopidy-local mopidy-mpd gstreamer1.0-plugins-good"
	@browser=chromium; ! apt-cache show chromium-headless-shell >/dev/null 2>&1 || browser=chromium-headless-shell; \
		sh tests/tools/apt.sh $$browser:$$browser
