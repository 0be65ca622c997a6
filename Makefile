# The two commands: `make run` and `make test`.
.PHONY: run test quick bench lint page need-tools need-test

# What apt has is installed when we may; else the one command is told.
define need
	@missing=""; for pair in $(1); do command -v $${pair%%:*} >/dev/null || missing="$$missing $$(echo $${pair#*:} | tr + ' ')"; done; \
	[ -z "$$missing" ] || { if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		else echo "Missing: run  sudo apt-get install$$missing"; exit 1; fi; }
endef

# SQLite is compiled in, so a C compiler must be there; repositories are looked at with git.
need-tools:
	@command -v cargo >/dev/null || { echo "Missing: Rust 1.89 or newer, see https://rustup.rs"; exit 1; }
	@command -v npm >/dev/null || { echo "Missing: Node 20.19 or newer with npm, see https://nodejs.org"; exit 1; }
	$(call need,cc:gcc+libc6-dev git:git)

# The browser tests drive Debian's browser; the examples are run, too.
need-test:
	$(call need,chromium:chromium curl:curl python3:python3)

# Everything of npm's, exactly as locked; no package runs a script of its own.
node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund

# The page, which the program carries inside; built again, and the program with it, only when a source of it is newer.
PAGE := web/dist/index.html
page: need-tools $(PAGE)
$(PAGE): node_modules/.package-lock.json tsconfig.base.json $(shell find web client/src shared/src -type f -not -path '*/node_modules/*' -not -path 'web/dist/*')
	npm run --silent build --workspace web

# The server on its embedded store under ./data, with a demo board when there is no board yet.
run: page
	cargo build --release --locked --package boardcast
	./target/release/boardcast serve --demo

test: page need-test
	cargo test --locked --workspace
	cargo test --locked --package boardcast --features otlp --test otlp
	npm test

# The everyday loop: what needs neither a browser nor the built program.
quick: need-tools node_modules/.package-lock.json
	cargo test --locked --workspace --lib --test rest --test wire --test tidy --test documents
	npm test --workspace client --workspace web

# Everything that is measured, with its plots, into bench/results. On a machine that does nothing else.
bench: page
	cargo build --release --locked --package boardcast --package boardcast-bench
	./target/release/boardcast-bench --write

lint: need-tools node_modules/.package-lock.json
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	cargo clippy --locked --package boardcast --features otlp --lib --bins --test otlp -- --deny warnings
	npm run --silent check
