use std::cell::RefCell;

use agent_runtime::prelude::*;

struct Cache(#[allow(dead_code)] RefCell<u8>);

impl FromCall for Cache {
    async fn from_call(_call: &EditorCall) -> Result<Self> {
        Ok(Self(RefCell::new(0)))
    }
}

#[editor_agent]
async fn detect(_cache: &Cache, _row: &mut LabelRow) {} //~ [Cache] `&Cache` cannot be a parameter of an editor agent

fn main() {}
