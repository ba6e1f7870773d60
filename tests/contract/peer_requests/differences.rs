//! Where we ask the platform otherwise than the Python package does, and why.

use super::recorded::Entry;

/// Requests that we do not make, or make besides.
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&Entry) -> bool,
    /// Letters of requests that only the Python agent makes, if it makes them.
    pub(crate) less: &'static str,
    /// Letters of requests that only we make.
    pub(crate) more: &'static str,
    /// Whether a server's first call may make that many requests more than the Python agent.
    pub(crate) exceeds: bool,
}

/// Every deliberate difference. A request is covered by one row at most, and differs as its row says.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        because: "the storage item, and the data itself, take the listing alone: not the project, the ontology or labels",
        covers: |entry| {
            let item = matches!(entry.route(), "/storage-item" | "/update-metadata");
            item || matches!(entry.route(), "/single-frame" | "/asset" | "/video-iterator")
        },
        less: "POL",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "what the agent does not need is not asked for: the data hash is known, and nothing is selected",
        covers: |entry| {
            entry.route() == "/set-priority" || entry.route() == "/objects" && entry.object_hashes.is_none()
        },
        less: "POML",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "a reader of data without a label row creates none",
        covers: |entry| !matches!(entry.route(), "/add-box" | "/complete"),
        less: "N",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "where an image group has no label row, the listing is asked once more, for its images",
        covers: |entry| entry.data == "img_group" && entry.creates(),
        less: "",
        more: "M",
        exceeds: false,
    },
    Difference {
        because: "the signed URL comes with the storage item: whoever needs it asks once, not twice",
        covers: |entry| entry.asks("signUrl=False") && !entry.asks("signUrl=True"),
        less: "I",
        more: "S",
        exceeds: false,
    },
    Difference {
        because: "the signed URL comes with the storage item: it is not asked for a second time",
        covers: |entry| entry.asks("signUrl=False") && entry.asks("signUrl=True"),
        less: "I",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "parameters share what they ask for: project, ontology, the images of a group and the download are one each",
        covers: |entry| entry.route() == "/everything",
        less: "POGD",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "where the platform says that there is no such frame, nothing is downloaded to find out",
        covers: |entry| entry.route() == "/single-frame" && entry.status == 500,
        less: "D",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "the row is read before it is saved and afterwards: whether somebody else saved it meanwhile",
        covers: |entry| entry.route() == "/add-box",
        less: "",
        more: "L",
        exceeds: true,
    },
];
