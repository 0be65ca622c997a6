# The two commands: `make run` and `make test`.
.PHONY: run test bench lint need-compiler need-git

# SQLite is compiled in, so a C compiler must be there; repositories are looked at with git.
need-compiler need-git:
	@command -v $(if $(filter need-git,$@),git,cc) >/dev/null || { \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq gcc libc6-dev git; \
		else echo "Missing: run  sudo apt-get install gcc libc6-dev git"; exit 1; fi; }

# The server on its embedded store under ./data, with a demo board when there is no board yet.
run: need-compiler need-git
	cargo build --release --locked --package boardcast
	./target/release/boardcast serve --demo

test: need-compiler need-git
	cargo test --locked --workspace

bench: need-compiler
	cargo build --release --locked --package boardcast --package boardcast-bench
	./target/release/boardcast-bench

lint:
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
