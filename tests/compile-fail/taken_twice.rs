use agent_runtime::prelude::*;

struct Note;

impl LendMut for Note {
    async fn check_out(_call: &EditorCall) -> Result<Self> {
        Ok(Note)
    }

    async fn settle(self, _call: &EditorCall) -> Result<()> {
        Ok(())
    }

    fn declare(_needs: &mut Needs) {}
}

#[editor_agent]
async fn greet(_one: &mut Note, _other: &mut Note) {} //~ [&mut Note] `Note` is taken twice, once to change it

fn main() {}
