//! Both signature schemes, checked against recorded vectors and with the public key.

use agent_platform::auth::{BodyDigest, MessageSignature, legacy_authorization};
use ring::signature::{ED25519, UnparsedPublicKey};

use test_support::{client::key, keys};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn legacy_signature_covers_the_body_digest() {
    let digest = BodyDigest::new(b"{}");
    let authorization = legacy_authorization(&key(), &digest).unwrap();
    let (key_id, signature) = authorization.split_once(':').unwrap();
    assert_eq!(key_id, keys::KEY_ID);
    let public = UnparsedPublicKey::new(&ED25519, bytes(key_id));
    public.verify(digest.as_bytes(), &bytes(signature)).unwrap();
}

#[test]
fn message_signature_covers_the_four_components() {
    use base64::Engine;
    let signed =
        MessageSignature::new(&key(), "GET", "/v2/public/x?a=b+c", &BodyDigest::new(b""), 1_700_000_000).unwrap();
    assert_eq!(signed.content_digest, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    let parameters = signed.signature_input.strip_prefix("encord-sig=").unwrap();
    assert_eq!(
        parameters,
        format!(
            r#"("@method" "@request-target" "content-digest");created=1700000000;keyid="{}";alg="ed25519""#,
            keys::KEY_ID
        )
    );
    let base = MessageSignature::base("GET", "/v2/public/x?a=b+c", &signed.content_digest, parameters);
    assert_eq!(base.lines().count(), 4);
    assert!(!base.ends_with('\n'));
    let signature = signed.signature.strip_prefix("encord-sig=:").unwrap().strip_suffix(':').unwrap();
    let signature = base64::engine::general_purpose::STANDARD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ED25519, bytes(keys::KEY_ID)).verify(base.as_bytes(), &signature).unwrap();
}
