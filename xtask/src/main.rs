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
    write("shared/src/types/kanban.ts", &boardcast_shared::codegen::typescript())?;
    write("web/src/api/generated/openapi.json", &boardcast::api::openapi_text())
}

fn write(name: &str, text: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}
