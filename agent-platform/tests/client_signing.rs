//! Both signatures: against the recorded vectors, and against the key itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use agent_platform::auth::{BodyDigest, MessageSignature, legacy_authorization};
use ring::signature::{ED25519, UnparsedPublicKey};

use support::{key, keys};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_legacy_signature_is_over_the_digest_of_the_body() {
    let digest = BodyDigest::of(b"{}");
    let authorization = legacy_authorization(&key(), &digest).unwrap();
    let (key_id, signature) = authorization.split_once(':').unwrap();
    assert_eq!(key_id, keys::KEY_ID);
    let public = UnparsedPublicKey::new(&ED25519, bytes(key_id));
    public.verify(digest.as_bytes(), &bytes(signature)).unwrap();
}

#[test]
fn the_message_signature_is_over_the_four_lines() {
    use base64::Engine;
    let signed =
        MessageSignature::new(&key(), "GET", "/v2/public/x?a=b+c", &BodyDigest::of(b""), 1_700_000_000).unwrap();
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

#[cfg(feature = "contract")]
mod vectors {
    use agent_platform::auth::SshKey;
    use base64::Engine;
    use serde_json::Value;

    use super::support::contract;
    use super::*;

    fn recorded() -> (Value, SshKey) {
        let vectors = contract::json("signature-vectors.json");
        let seed: [u8; 32] = bytes(vectors["key"]["private_seed_hex"].as_str().unwrap()).try_into().unwrap();
        let key = SshKey::from_seed(&seed).unwrap();
        assert_eq!(key.key_id(), vectors["key"]["public_key_hex"]);
        (vectors, key)
    }

    #[test]
    fn every_recorded_message_signature() {
        let (vectors, key) = recorded();
        let cases = vectors["v2"].as_array().unwrap();
        for case in cases {
            let text = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("{case}"));
            let body = case["body_base64"].as_str().unwrap_or_default();
            let body = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
            let created = case["created"].as_u64().unwrap();
            let (method, target) = (text("method"), text("request_target"));
            let signed = MessageSignature::new(&key, method, target, &BodyDigest::of(&body), created).unwrap();
            let headers = &case["headers"];
            assert_eq!(signed.content_digest, headers["Content-Digest"], "{case}");
            assert_eq!(signed.signature_input, headers["Signature-Input"], "{case}");
            assert_eq!(signed.signature, headers["Signature"], "{case}");
            let parameters = signed.signature_input.strip_prefix("encord-sig=").unwrap();
            let base = MessageSignature::base(method, target, &signed.content_digest, parameters);
            assert_eq!(base, text("signature_base"));
        }
        println!("{} v2 vectors", cases.len());
        assert!(!cases.is_empty());
    }

    #[test]
    fn every_recorded_legacy_signature() {
        let (vectors, key) = recorded();
        let cases = vectors["v1"].as_array().unwrap();
        for case in cases {
            let digest = BodyDigest::of(case["body"].as_str().unwrap().as_bytes());
            assert_eq!(digest.as_bytes().to_vec(), bytes(case["sha256_of_body"].as_str().unwrap()), "{case}");
            assert_eq!(legacy_authorization(&key, &digest).unwrap(), case["authorization"], "{case}");
        }
        println!("{} v1 vectors", cases.len());
        assert!(!cases.is_empty());
    }
}
