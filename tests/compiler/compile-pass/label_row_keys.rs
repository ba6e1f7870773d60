//! What an attribute says about the label row.

use agent_runtime::prelude::*;
use agent_runtime::{AgentDefinition, AgentSet, LabelRowRequest, OnConflict};

struct Note;

impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self)
    }

    async fn commit(self, _call: &EditorCall) -> Result<()> {
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("note");
    }
}

#[editor_agent(
    branch = "review",
    client_metadata,
    images_data,
    children,
    reviews,
    signed_urls,
    only_objects = ["6de1c2f0", "94d5aba7"],
    only_classifications = ["0e62bd6d",],
    on_conflict = "retry",
)]
async fn every_key(_row: &LabelRow, _note: &mut Note) {}

#[editor_agent(branch = "my branch", on_conflict = "refuse")]
async fn a_branch_to_change(_row: &mut LabelRow) {}

#[editor_agent(on_conflict = "merge")]
async fn a_row_by_value_to_merge(_row: LabelRow) {}

#[editor_agent]
async fn no_key(_row: &mut LabelRow) {}

macro_rules! of_classes {
    ($name:ident, $row:ty, [$($hash:literal),*]) => {
        #[editor_agent(only_objects = [$($hash),*])]
        async fn $name(_row: $row) {}
    };
    ($name:ident, $row:ty, $hashes:expr, $outcome:literal) => {
        #[editor_agent(only_classifications = $hashes, on_conflict = $outcome)]
        async fn $name(_row: $row, _note: &mut Note) {}
    };
}

of_classes!(hashes_of_a_macro, &LabelRow, ["6de1c2f0", "94d5aba7"]);
of_classes!(list_of_a_macro, &LabelRow, ["0e62bd6d"], "retry");

fn definition(agents: &AgentSet) -> &'static AgentDefinition {
    &agents.iter().next().unwrap().definition
}

#[test]
fn every_key_says_something() {
    let request = LabelRowRequest {
        branch: Some("review"),
        client_metadata: true,
        images_data: true,
        children: true,
        reviews: true,
        signed_urls: true,
        only_objects: Some(&["6de1c2f0", "94d5aba7"]),
        only_classifications: Some(&["0e62bd6d"]),
    };
    assert_eq!(definition(&agents![every_key]).label_row, request);
    assert_eq!(definition(&agents![every_key]).on_conflict, OnConflict::Retry);
}

#[test]
fn label_row_keys_change_what_is_read_and_saved() {
    assert_eq!(definition(&agents![no_key]).label_row, LabelRowRequest::WHOLE);
    assert_eq!(definition(&agents![no_key]).on_conflict, OnConflict::Refuse);
    let branch = LabelRowRequest { branch: Some("my branch"), ..LabelRowRequest::WHOLE };
    assert_eq!(definition(&agents![a_branch_to_change]).label_row, branch);
    assert_eq!(definition(&agents![a_branch_to_change]).on_conflict, OnConflict::Refuse);
    assert_eq!(definition(&agents![a_row_by_value_to_merge]).on_conflict, OnConflict::Merge);
}

#[test]
fn values_may_come_from_a_macro() {
    assert_eq!(definition(&agents![hashes_of_a_macro]).label_row.only_objects, Some(&["6de1c2f0", "94d5aba7"][..]));
    assert_eq!(definition(&agents![list_of_a_macro]).label_row.only_classifications, Some(&["0e62bd6d"][..]));
    assert_eq!(definition(&agents![list_of_a_macro]).on_conflict, OnConflict::Retry);
}
