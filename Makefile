# Every target only forwards to `cargo xtask`, which is typed and testable.
.PHONY: run test check bench build install
XTASK = cargo run --quiet --package xtask --

run: ## build everything and start the demo on http://127.0.0.1:8420
	@$(XTASK) run

test: ## every check and test, installing what they need
	@$(XTASK) test

check: ## the fast part of `test`
	@$(XTASK) check

bench: ## print the benchmarks
	@$(XTASK) bench

build: ## the release binary, at target/release/tierwatch
	@$(XTASK) build

install: build ## binary, units and example configurations (DESTDIR and PREFIX are honoured)
	@$(XTASK) install
