//! Replay of the request signatures in `signature-vectors.json`.

use agent_platform::auth::{BodyDigest, MessageSignature, SshKey, legacy_authorization};
use base64::Engine;
use serde_json::Value;

use test_support::recordings;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn recorded() -> (Value, SshKey) {
    let vectors = recordings::json("signature-vectors.json");
    let seed: [u8; 32] = bytes(vectors["key"]["private_seed_hex"].as_str().unwrap()).try_into().unwrap();
    let key = SshKey::from_seed(&seed).unwrap();
    assert_eq!(key.key_id(), vectors["key"]["public_key_hex"]);
    (vectors, key)
}

#[test]
fn reproduces_recorded_message_signatures() {
    let (vectors, key) = recorded();
    let cases = vectors["v2"].as_array().unwrap();
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("{case}"));
        let body = case["body_base64"].as_str().unwrap_or_default();
        let body = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
        let created = case["created"].as_u64().unwrap();
        let (method, target) = (text("method"), text("request_target"));
        let signed = MessageSignature::new(&key, method, target, &BodyDigest::new(&body), created).unwrap();
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
fn reproduces_recorded_legacy_signatures() {
    let (vectors, key) = recorded();
    let cases = vectors["v1"].as_array().unwrap();
    for case in cases {
        let digest = BodyDigest::new(case["body"].as_str().unwrap().as_bytes());
        assert_eq!(digest.as_bytes().to_vec(), bytes(case["sha256_of_body"].as_str().unwrap()), "{case}");
        assert_eq!(legacy_authorization(&key, &digest).unwrap(), case["authorization"], "{case}");
    }
    println!("{} v1 vectors", cases.len());
    assert!(!cases.is_empty());
}
