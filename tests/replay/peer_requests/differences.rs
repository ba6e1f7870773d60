//! Deliberate differences between the requests of this server to the platform and those of the Python package.

use super::recorded::Entry;

/// A row of the table.
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&Entry) -> bool,
    /// Letters of requests that only the Python agent sends, if it sends them.
    pub(crate) less: &'static str,
    /// Letters of requests that only this server sends.
    pub(crate) more: &'static str,
    /// `true` if the first call of a server can send more requests than the Python agent.
    pub(crate) exceeds: bool,
}

/// All deliberate differences. At most one row covers a request.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        because: "the storage item and the media need the listing only, not the project, the ontology or labels",
        covers: |entry| {
            let item = matches!(entry.route(), "/storage-item" | "/update-metadata");
            item || matches!(entry.route(), "/single-frame" | "/asset" | "/video-iterator")
        },
        less: "POL",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "unneeded resources are not requested: the data hash is known, and nothing is selected",
        covers: |entry| {
            entry.route() == "/set-priority" || entry.route() == "/objects" && entry.object_hashes.is_none()
        },
        less: "POML",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "reading data without a label row creates none",
        covers: |entry| !matches!(entry.route(), "/add-box" | "/complete"),
        less: "N",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "without a label row of an image group, a second listing request returns its images",
        covers: |entry| entry.data == "img_group" && entry.creates(),
        less: "",
        more: "M",
        exceeds: false,
    },
    Difference {
        because: "the signed URL is requested with the storage item, not afterwards",
        covers: |entry| entry.requests("signUrl=False") && !entry.requests("signUrl=True"),
        less: "I",
        more: "S",
        exceeds: false,
    },
    Difference {
        because: "the storage item is not requested a second time for its signed URL",
        covers: |entry| entry.requests("signUrl=False") && entry.requests("signUrl=True"),
        less: "I",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "parameters share their requests: project, ontology, images of a group and download are requested once",
        covers: |entry| entry.route() == "/everything",
        less: "POGD",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "a frame beyond the listed number of frames is not downloaded",
        covers: |entry| entry.route() == "/single-frame" && entry.status == 500,
        less: "D",
        more: "",
        exceeds: false,
    },
    Difference {
        because: "the row is read before and after the save, to detect concurrent saves",
        covers: |entry| entry.route() == "/add-box",
        less: "",
        more: "L",
        exceeds: true,
    },
];
