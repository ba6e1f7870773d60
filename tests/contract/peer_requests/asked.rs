//! What was asked of the platform, one letter a request.

use std::fmt;

use test_support::stub_platform::StubPlatform;

/// What the letters stand for.
pub(crate) const LEGEND: &str = "P project, O ontology, M listing of label rows, L labels, N new label row, W labels saved, \
     I storage item, S the same with a signed URL, G images of a group, D download, U item updated, Q priority, C completed";

/// Requests of one call, in the order in which they arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked(String);

impl Asked {
    /// What the stand-in was asked since its last reset. Every request must have succeeded.
    pub(crate) fn of(platform: &StubPlatform) -> Self {
        let requests = platform.requests();
        for request in &requests {
            assert_eq!(request.status, 200, "the platform refuses `{}`", request.line);
        }
        Self::recorded(requests.iter().map(|request| request.line.as_str()))
    }

    /// What a recording says.
    pub(crate) fn recorded<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        Self(lines.into_iter().map(letter).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is a request of this letter.
    pub(crate) fn asks(&self, letter: char) -> bool {
        self.0.contains(letter)
    }

    /// The requests that another call did not make, or not as often.
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

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if self.0.is_empty() { "-" } else { &self.0 })
    }
}

fn letter(line: &str) -> char {
    let (method, target) = line.split_once(' ').unwrap_or_default();
    let path: Vec<&str> = target.trim_start_matches("/v2/public/").split(['/', '?']).collect();
    match (method, path.as_slice()) {
        ("GET", ["projects", _]) => 'P',
        ("GET", ["ontologies", _]) => 'O',
        ("POST", ["projects", _, "priorities"]) => 'Q',
        ("GET", ["storage", "items", _, "signUrl=False"]) => 'I',
        ("GET", ["storage", "items", _, "signUrl=True"]) => 'S',
        ("GET", ["storage", "folders", _, "items", _, "child-items", "signUrls=True"]) => 'G',
        ("PATCH", ["storage", "folders", _, "items", _]) => 'U',
        ("GET", ["", "media", ..]) => 'D',
        _ => match line {
            "POST /public labelrowmetadata GET" => 'M',
            "POST /public labelrow GET" => 'L',
            "POST /public labelrow PUT" => 'N',
            "POST /public labelrow POST" => 'W',
            "POST /public labelworkflowgraphnode POST" => 'C',
            other => panic!("`{other}` has no letter"),
        },
    }
}
