//! A shell script in place of cargo, for tests of `agent-studio dev` that compile nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The script. It "builds" `target/debug/app` from `src/main.rs`, which is a shell script itself. A line with `MISTAKE` is a compiler
/// error at `src/main.rs:2:1`.
pub const SCRIPTED_CARGO: &str = r#"#!/bin/sh
case "$1" in
metadata) printf '{"packages":[{"default_run":null}],"workspace_root":"%s","target_directory":"%s/target"}\n' "$PWD" "$PWD" ;;
build)
  if grep -q MISTAKE src/main.rs; then
    printf '%s\n' '{"reason":"compiler-message","message":{"message":"a mistake","level":"error","rendered":"error: a mistake\n","spans":[{"file_name":"src/main.rs","line_start":2,"column_start":1,"is_primary":true}]}}'
    echo 'error: could not compile' >&2
    exit 101
  fi
  mkdir -p target/debug
  # As cargo does: the previous version stays intact while it runs.
  cmp -s src/main.rs target/debug/app || { cp src/main.rs target/new && chmod +x target/new && mv target/new target/debug/app; }
  printf '{"reason":"compiler-artifact","target":{"name":"app"},"executable":"%s/target/debug/app"}\n' "$PWD"
esac
"#;

/// Writes an executable script, and the folders above it.
pub fn write_script(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
