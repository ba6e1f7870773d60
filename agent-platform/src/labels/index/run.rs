//! Runs: frames without labels that follow each other, kept as one.

use crate::json::{JsonError, Scanner, Tree};

use super::{Blob, Index, id};

/// So many frames are looked through when one of them is edited.
const LONGEST: u32 = 64;

/// Passes a frame that has no labels and nothing else; stays before any other value.
pub(super) fn passes_nothing(scanner: &mut Scanner<'_>) -> bool {
    let start = scanner.at();
    let passed = scanner.peek() == Some(b'{')
        && scanner
            .object(|scanner, member| {
                let list = matches!(member.key.decode().as_ref(), "objects" | "classifications");
                if list && scanner.peek() == Some(b'[') {
                    let some = scanner.fail(crate::json::JsonProblem::Value);
                    return scanner.array(|_, _| some).map(|_| ());
                }
                scanner.fail(crate::json::JsonProblem::Value)
            })
            .is_ok();
    if !passed {
        scanner.back_to(start);
    }
    passed
}

impl Blob {
    /// Whether a frame without labels is next in this run.
    pub(super) fn runs_on_to(&self, frame: u64) -> bool {
        self.run > 0 && self.run < LONGEST && self.frame.checked_add(u64::from(self.run)) == Some(frame)
    }

    /// How many frames it stands for.
    pub(crate) fn frames(&self) -> u64 {
        u64::from(self.run.max(1))
    }
}

impl Index {
    /// The blob of a frame that may be in a run, which is taken apart then.
    pub(crate) fn blob_taken_out(&mut self, tree: &mut Tree, place: u32, frame: u64) -> Result<Option<u32>, JsonError> {
        let before = self.by_frame.range((place, 0)..=(place, frame)).next_back();
        let Some((_, &blob)) = before else { return Ok(None) };
        let run = self.blob(blob).clone();
        if run.run > 0 && frame - run.frame < run.frames() {
            self.blobs[blob as usize].run = 0;
            // A run of one is no stretch.
            let nodes = if run.run > 1 { tree.split(run.node)? } else { vec![run.node] };
            for (frame, node) in (0..run.frames()).zip(nodes).skip(1) {
                let frame = run.frame + frame;
                self.by_frame.insert((place, frame), id(self.blobs.len()));
                self.blobs.push(Blob { frame, node, run: 0, ..run.clone() });
            }
        }
        Ok(self.blob_at(place, frame))
    }
}
