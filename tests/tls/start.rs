//! Errors of certificates, reported before the port is bound.

use agent_runtime::StartError;
use agent_runtime::prelude::*;

use crate::program::Program;
use test_support::certificates::{Folder, Pair};

#[editor_agent]
async fn never_called() {}

async fn start_error(server: Server) -> String {
    let error = server.agents(agents![never_called]).start().await.expect_err("it has started");
    assert!(matches!(error, StartError::Certificate { .. } | StartError::IncompleteTls { .. }), "{error:?}");
    let message = error.to_string();
    // Neither the message nor the `Debug` output contains a part of the key.
    for text in [&message, &format!("{error:?}")] {
        assert!(!text.contains("MIG") && !text.contains("\\x") && text.len() < 600, "{text}");
    }
    message
}

fn assert_mentions(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}

#[tokio::test]
async fn reports_invalid_certificate_files() {
    let (folder, pair) = (Folder::new(), Pair::new());
    assert_mentions(&start_error(folder.server()).await, &["cannot read", "cert.pem", "AGENT_TLS_CERT"]);
    std::fs::write(folder.certificate(), pair.certificate_pem()).unwrap();
    assert_mentions(&start_error(folder.server()).await, &["cannot read", "key.pem", "AGENT_TLS_KEY"]);
    std::fs::create_dir(folder.key()).unwrap();
    assert_mentions(&start_error(folder.server()).await, &["cannot read", "key.pem"]);
    std::fs::remove_dir(folder.key()).unwrap();

    let (certificate, key) = (pair.certificate_pem(), pair.key_pem());
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let half = |text: &str| text[..text.len() / 2].to_owned();
    let not_x509 = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let no_key = key.replace("\nMI", "\nAA");
    for (certificate, key, parts) in [
        (String::new(), key.clone(), &["no certificate in", "cert.pem", "BEGIN CERTIFICATE"][..]),
        ("not PEM".to_owned(), key.clone(), &["no certificate in", "BEGIN CERTIFICATE"]),
        (key.clone(), certificate.clone(), &["no certificate in", "this one holds a private key"]),
        (half(&certificate), key.clone(), &["cert.pem", "is damaged"]),
        (not_x509, key.clone(), &["cert.pem", "is damaged"]),
        (certificate.clone(), String::new(), &["no private key in", "key.pem", "BEGIN PRIVATE KEY"]),
        (certificate.clone(), certificate.clone(), &["no private key in", "this one holds a certificate"]),
        (certificate.clone(), encrypted, &["no private key in", "encrypted", "openssl pkey"]),
        (certificate.clone(), half(&key), &["no private key in", "key.pem"]),
        (certificate.clone(), no_key, &["cannot be used", "key.pem", "ECDSA"]),
        (certificate.clone(), Pair::new().key_pem(), &["is not that of the certificate", "cert.pem", "key.pem"]),
    ] {
        std::fs::write(folder.certificate(), certificate).unwrap();
        std::fs::write(folder.key(), key).unwrap();
        assert_mentions(&start_error(folder.server()).await, parts);
    }
}

#[test]
fn certificate_and_key_are_required_together() {
    let folder = Folder::new();
    folder.put(&Pair::new());
    let [certificate, key] = folder.variables();
    for (set, missing) in [(&certificate, &key), (&key, &certificate)] {
        let message = Program::start_error(&[(&set.0, &set.1)]);
        assert_mentions(&message, &[&format!("{} is set and {} is not", set.0, missing.0), "HTTPS"]);
        assert_eq!(message.trim().lines().count(), 1, "{message}");
    }
}

#[test]
fn warns_of_expiring_certificate() {
    const DAY: u64 = 86_400;
    // Each is one day old.
    for (seconds, parts) in [
        (DAY / 2, &["WARN", "has expired", "cert.pem", "days_ago=0"][..]),
        (14 * DAY + 60, &["WARN", "expires soon", "cert.pem", "days_left=13"]),
    ] {
        let folder = Folder::new();
        folder.put(&Pair::expiring(seconds));
        let [certificate, key] = folder.variables();
        Program::start(&[(&certificate.0, &certificate.1), (&key.0, &key.1)]).logged(parts);
    }
    let folder = Folder::new();
    folder.put(&Pair::expiring(16 * DAY));
    let [certificate, key] = folder.variables();
    let program = Program::start(&[(&certificate.0, &certificate.1), (&key.0, &key.1)]);
    assert!(!program.log().contains("expire"), "{}", program.log());
}
