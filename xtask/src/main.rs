//! Build, test and demonstration tasks.

mod codegen;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match std::env::args().nth(1).as_deref() {
        Some("codegen") => codegen::codegen(&root),
        _ => anyhow::bail!("tasks: codegen"),
    }
}
