//! Runs: consecutive frames without labels, kept as one blob.

use crate::json::{JsonError, Scanner, Tree};

use super::{Blob, Idx, Index, Place};

/// Maximum frames of a run: all are scanned when one of them is edited.
const MAX_FRAMES: u32 = 64;

/// Skips a frame without labels and other members. Returns `false`, and skips nothing, for any other value.
pub(super) fn skip_empty_frame(scanner: &mut Scanner<'_>) -> bool {
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
    /// Returns whether `frame` continues this run.
    pub(super) fn continues_at(&self, frame: u64) -> bool {
        self.run > 0 && self.run < MAX_FRAMES && self.frame.checked_add(u64::from(self.run)) == Some(frame)
    }

    /// Returns the number of frames.
    pub(crate) fn frames(&self) -> u64 {
        u64::from(self.run.max(1))
    }
}

impl Index {
    /// Returns the blob of a frame. Splits the run that contains it.
    pub(crate) fn split_run_at(
        &mut self,
        tree: &mut Tree,
        place: Place,
        frame: u64,
    ) -> Result<Option<Idx<Blob>>, JsonError> {
        let before = self.by_frame.range((place, 0)..=(place, frame)).next_back();
        let Some((_, &blob)) = before else { return Ok(None) };
        let run = self.blob(blob).clone();
        if run.run > 0 && frame - run.frame < run.frames() {
            self.blob_mut(blob).run = 0;
            // A run of one is no stretch.
            let nodes = if run.run > 1 { tree.split(run.node)? } else { vec![run.node] };
            for (frame, node) in (0..run.frames()).zip(nodes).skip(1) {
                let frame = run.frame + frame;
                let blob = self.add_blob(Blob { frame, node, run: 0, ..run.clone() });
                self.by_frame.insert((place, frame), blob);
            }
        }
        Ok(self.blob_at(place, frame))
    }
}
