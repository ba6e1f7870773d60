//! Normalization of a private key's text, as environment variables and editors alter it.

use zeroize::Zeroizing;

use super::key_error::KeyError;

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";

/// Normalizes line breaks, removes blank lines around the key, and ends the last line with a line break.
///
/// # Errors
/// The text is something else. The error names the detected kind and never shows the text.
pub(super) fn normalize(text: &str) -> Result<Zeroizing<String>, KeyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(BEGIN) {
        return Err(KeyError::NotOpenSsh { found: detect_kind(text) });
    }
    if text.contains("\\n") && !text.contains('\n') {
        return Err(KeyError::EscapedLineEnds);
    }
    // A single allocation: a growing string would leave fragments of the key in memory.
    let mut clean = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines() {
        clean.push_str(line.trim());
        clean.push('\n');
    }
    Ok(clean)
}

/// Detects the kind of a text that is not an OpenSSH private key.
fn detect_kind(text: &str) -> &'static str {
    const KNOWN: [(&str, &str); 8] = [
        ("ssh-", "a public key"),
        ("ecdsa-", "a public key"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY", "an encrypted PKCS#8 key"),
        ("-----BEGIN PRIVATE KEY", "a PKCS#8 key"),
        ("-----BEGIN RSA PRIVATE KEY", "an RSA key in PEM form"),
        ("-----BEGIN EC PRIVATE KEY", "an elliptic-curve key in PEM form"),
        ("-----BEGIN DSA PRIVATE KEY", "a DSA key in PEM form"),
        ("-----BEGIN PUBLIC KEY", "a public key"),
    ];
    if text.is_empty() {
        return "nothing";
    }
    KNOWN.iter().find(|(start, _)| text.starts_with(start)).map_or("something else", |(_, kind)| kind)
}
