# The two commands: `make run` and `make test`.
.PHONY: run test bench lint

run:
	cargo run --release --locked --package boardcast -- serve

test:
	cargo test --locked --workspace

lint:
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
