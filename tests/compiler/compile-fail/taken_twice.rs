use agent_runtime::prelude::*;

struct Note;

impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Note)
    }

    async fn commit(self, _call: &EditorCall) -> Result<()> {
        Ok(())
    }

    fn declare(_needs: &mut Requirements) {}
}

#[editor_agent]
async fn greet(_one: &mut Note, _other: &mut Note) {} //~ [&mut Note] `Note` is taken twice, once to change it

fn main() {}
