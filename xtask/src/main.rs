//! `cargo xtask codegen` writes what is generated from the Rust types.

use std::path::Path;

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("codegen") => codegen(),
        other => bail!("unknown task {other:?}; there is: codegen"),
    }
}

fn codegen() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src/types/kanban.ts");
    std::fs::write(&path, boardcast_shared::codegen::typescript())
        .with_context(|| format!("writing {}", path.display()))
}
