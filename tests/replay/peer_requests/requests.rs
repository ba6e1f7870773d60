//! The requests of a call to the platform, one letter each.

use std::fmt;

use agent_studio::{Call, CallKind};
use test_support::studio::recorded_platform::RecordedPlatform;

/// Meaning of the letters.
pub(crate) const LEGEND: &str = "P project, O ontology, M listing of label rows, L labels, N new label row, W labels saved, \
     I storage item, S storage item with signed URL, G images of a group, D download, U item updated, Q priority, C completed";

/// Requests in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requests(String);

impl Requests {
    /// Returns the requests that reached the platform since its last reset. Fails unless all succeeded.
    pub(crate) fn received_by(platform: &RecordedPlatform) -> Self {
        let letter = |call: &Call| {
            assert_eq!(call.status, Some(200), "{call:?}");
            letter(call.kind, &call.target)
        };
        Self(platform.calls().iter().map(letter).collect())
    }

    /// Returns the requests of recorded lines.
    pub(crate) fn recorded<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        Self(lines.into_iter().map(recorded_letter).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is a request of this letter.
    pub(crate) fn contains(&self, letter: char) -> bool {
        self.0.contains(letter)
    }

    /// Returns the requests that `other` does not have, or has less often.
    pub(crate) fn without(&self, other: &Self) -> String {
        let mut others = other.0.clone();
        let mut left = self.0.clone();
        left.retain(|letter| match others.find(letter) {
            Some(position) => {
                others.remove(position);
                false
            }
            None => true,
        });
        left
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if self.0.is_empty() { "-" } else { &self.0 })
    }
}

fn letter(kind: CallKind, target: &str) -> char {
    let is_signed = target.contains("signUrl=True");
    match kind {
        CallKind::Project => 'P',
        CallKind::Ontology => 'O',
        CallKind::ListLabelRows => 'M',
        CallKind::GetLabelRows => 'L',
        CallKind::CreateLabelRows => 'N',
        CallKind::SaveLabelRows => 'W',
        CallKind::StorageItem => {
            if is_signed {
                'S'
            } else {
                'I'
            }
        }
        CallKind::ChildItems => 'G',
        CallKind::Download => 'D',
        CallKind::UpdateStorageItem => 'U',
        CallKind::SetPriorities => 'Q',
        CallKind::MoveTasks => 'C',
        other => panic!("a request of the kind `{other}` has no letter"),
    }
}

/// Returns the letter of a recorded line: method and target, and for the legacy family query type and method.
fn recorded_letter(line: &str) -> char {
    let (method, target) = line.split_once(' ').unwrap_or_default();
    let path: Vec<&str> = target.trim_start_matches("/v2/public/").split(['/', '?']).collect();
    let kind = match (method, path.as_slice()) {
        ("GET", ["projects", _]) => CallKind::Project,
        ("GET", ["ontologies", _]) => CallKind::Ontology,
        ("POST", ["projects", _, "priorities"]) => CallKind::SetPriorities,
        ("GET", ["storage", "items", _, "signUrl=False" | "signUrl=True"]) => CallKind::StorageItem,
        ("GET", ["storage", "folders", _, "items", _, "child-items", "signUrls=True"]) => CallKind::ChildItems,
        ("PATCH", ["storage", "folders", _, "items", _]) => CallKind::UpdateStorageItem,
        ("GET", ["", "media", ..]) => CallKind::Download,
        _ => match line {
            "POST /public labelrowmetadata GET" => CallKind::ListLabelRows,
            "POST /public labelrow GET" => CallKind::GetLabelRows,
            "POST /public labelrow PUT" => CallKind::CreateLabelRows,
            "POST /public labelrow POST" => CallKind::SaveLabelRows,
            "POST /public labelworkflowgraphnode POST" => CallKind::MoveTasks,
            other => panic!("`{other}` has no letter"),
        },
    };
    letter(kind, target)
}
