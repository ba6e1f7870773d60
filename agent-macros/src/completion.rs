//! Completion in rust-analyzer.
//!
//! To complete a name, rust-analyzer expands the macro with another name in its place, and proposes what fits where that name comes
//! out first. Only in its expansions are names put where it finds proposals.

use std::sync::OnceLock;

/// Returns `true` if rust-analyzer expands the macro, and not the compiler.
pub(crate) fn is_in_editor() -> bool {
    static IS_IN_EDITOR: OnceLock<bool> = OnceLock::new();
    *IS_IN_EDITOR.get_or_init(|| {
        let program = std::env::current_exe().ok();
        let name = program.as_deref().and_then(|path| path.file_name()).unwrap_or_default();
        name.to_string_lossy().starts_with("rust-analyzer")
    })
}
