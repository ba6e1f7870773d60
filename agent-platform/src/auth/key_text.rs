//! A private key's text, as environments and editors leave it, made fit for the parser.

use zeroize::Zeroizing;

use super::key_error::KeyError;

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";

/// The text with plain line ends, without blank lines around it, and with a line end after the last line.
///
/// # Errors
/// What the text is instead, where that can be told; never the text.
pub(super) fn normalised(text: &str) -> Result<Zeroizing<String>, KeyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(BEGIN) {
        return Err(KeyError::NotOpenSsh { found: found(text) });
    }
    if text.contains("\\n") && !text.contains('\n') {
        return Err(KeyError::EscapedLineEnds);
    }
    // One allocation: a growing string would leave pieces of the key behind.
    let mut clean = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines() {
        clean.push_str(line.trim());
        clean.push('\n');
    }
    Ok(clean)
}

/// What a text is that is not an OpenSSH private key.
fn found(text: &str) -> &'static str {
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
