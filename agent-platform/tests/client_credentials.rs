//! Sources of credentials, accepted keys, and the absence of secrets in output.

use std::path::PathBuf;

use agent_platform::auth::{BearerToken, Credentials, CredentialsError, KeyError, SshKey};
use agent_platform::client::{Domain, PlatformClient};

use test_support::keys;

fn from(pairs: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
    Credentials::from_variables(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
}

/// A key file that is removed when dropped.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str, text: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("agent-platform-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("key"), text).unwrap();
        Self(folder)
    }

    fn path(&self) -> String {
        self.0.join("key").display().to_string()
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn assert_shows_no_secret(shown: &str) {
    for secret in keys::SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn accepts_keys_with_any_line_ending() {
    let crlf = keys::PLAIN.replace('\n', "\r\n");
    let spellings = [
        keys::PLAIN.to_owned(),
        crlf.clone(),
        format!("\n\r\n{}", keys::PLAIN),
        keys::PLAIN.trim_end().to_owned(),
        crlf.trim_end().to_owned(),
        format!("  \n{}\n\n", keys::PLAIN.replace('\n', "  \n    ")),
    ];
    for text in spellings {
        assert_eq!(SshKey::from_openssh(&text, None).unwrap().key_id(), keys::KEY_ID);
        assert_eq!(SshKey::from_openssh(&text, Some("not needed")).unwrap().key_id(), keys::KEY_ID);
    }
}

#[test]
fn encrypted_key_requires_its_passphrase() {
    let open = |passphrase| SshKey::from_openssh(keys::ENCRYPTED, passphrase);
    assert_eq!(open(Some(keys::PASSPHRASE)).unwrap().key_id(), keys::KEY_ID);
    assert_eq!(open(None).unwrap_err(), KeyError::PassphraseMissing);
    assert_eq!(open(Some("wrong")).unwrap_err(), KeyError::WrongPassphrase);
    let set = [("ENCORD_SSH_KEY", keys::ENCRYPTED), ("ENCORD_SSH_KEY_PASSPHRASE", keys::PASSPHRASE)];
    assert!(format!("{:?}", from(&set).unwrap()).contains(keys::KEY_ID));
}

#[test]
fn invalid_key_errors_hide_the_key() {
    let cut_off = &keys::PLAIN[..keys::PLAIN.len() / 2];
    let changed = keys::PLAIN.replace("AAAEBwYIbIWtMkVQ", "AAAEBwYIbIWtMkVR");
    let escaped = keys::PLAIN.replace('\n', "\\n");
    let indented_pkcs8 = "  -----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMade-up\n-----END PRIVATE KEY-----";
    for (text, words) in [
        (keys::ECDSA, "not an Ed25519 key"),
        (keys::RSA, "ssh-rsa"),
        (cut_off, "damaged"),
        (&changed, "damaged"),
        (&escaped, "line ends"),
        (indented_pkcs8, "PKCS#8"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPniB4vT me", "public key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "RSA"),
        ("hunter2", "something else"),
    ] {
        let error = from(&[("ENCORD_SSH_KEY", text)]).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(words), "{shown}");
        assert!(shown.contains("ENCORD_SSH_KEY"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("MIIE") && !shown.contains("MC4C"), "{shown}");
        assert_shows_no_secret(&shown);
    }
}

#[test]
fn key_variable_takes_precedence_over_file() {
    let file = KeyFile::new("text-first", "no key at all");
    assert!(from(&[("ENCORD_SSH_KEY", keys::PLAIN), ("ENCORD_SSH_KEY_FILE", &file.path())]).is_ok());
}

#[test]
fn expands_home_directory_in_key_file() {
    let file = KeyFile::new("home", keys::PLAIN);
    let home = file.0.display().to_string();
    assert!(from(&[("ENCORD_SSH_KEY_FILE", &file.path())]).is_ok());
    assert!(from(&[("ENCORD_SSH_KEY_FILE", "~/key"), ("HOME", &home)]).is_ok());
    assert!(matches!(from(&[("ENCORD_SSH_KEY_FILE", "~/key")]), Err(CredentialsError::NoHome)));
    let missing = from(&[("ENCORD_SSH_KEY_FILE", "~/other"), ("HOME", &home)]).unwrap_err();
    assert!(missing.to_string().contains("/other cannot be read"), "{missing}");
}

#[test]
fn rejects_blank_variables() {
    let file = KeyFile::new("blank", keys::PLAIN);
    let path = file.path();
    for name in ["ENCORD_SSH_KEY", "ENCORD_SSH_KEY_PASSPHRASE", "ENCORD_SSH_KEY_FILE"] {
        for blank in ["", " \n"] {
            let error = from(&[(name, blank), ("ENCORD_SSH_KEY_FILE", &path)]).unwrap_err();
            assert!(matches!(error, CredentialsError::Variable(_)), "{error:?}");
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}

#[test]
fn rejects_path_in_place_of_key() {
    let file = KeyFile::new("path", keys::PLAIN);
    let rejected = from(&[("ENCORD_SSH_KEY", &file.path())]);
    assert!(matches!(rejected, Err(CredentialsError::PathInsteadOfText)), "{rejected:?}");
}

#[test]
fn missing_credentials_error_says_what_to_set() {
    let error = from(&[]).unwrap_err().to_string();
    assert!(error.contains("ENCORD_SSH_KEY_FILE") && error.contains("ENCORD_SSH_KEY "));
}

#[test]
fn rejects_bearer_token_that_is_an_invalid_header() {
    for token in ["", "  ", "a\nb"] {
        let error = Credentials::bearer(token).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("a\\nb"));
    }
    let credentials = Credentials::bearer("made-up-token").unwrap();
    assert!(!format!("{credentials:?}").contains("made-up-token"));
}

#[test]
fn debug_shows_the_key_id_and_no_secret() {
    let key = SshKey::from_openssh(keys::PLAIN, None).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains(keys::KEY_ID));
    assert_shows_no_secret(&shown);
    let credentials = Credentials::key(key);
    let platform =
        PlatformClient::builder().credentials(credentials.clone()).domain(Domain::parse("http://127.0.0.1:1").unwrap());
    assert_shows_no_secret(&format!("{credentials:?} {platform:?} {:?}", platform.clone().build().unwrap()));
}

/// A token has no `Display`, and its `Debug` hides it, so it is not printed by accident.
#[allow(dead_code)]
fn token_requires_explicit_expose(token: &BearerToken) -> &str {
    token.expose()
}

#[test]
fn parses_only_plain_origins_as_domain() {
    for (text, domain) in [
        ("https://api.encord.com", "https://api.encord.com"),
        ("https://api.encord.com///", "https://api.encord.com"),
        (" http://127.0.0.1:8899/ ", "http://127.0.0.1:8899"),
        ("https://gw.example/encord/", "https://gw.example/encord"),
    ] {
        assert_eq!(Domain::parse(text).unwrap().as_str(), domain);
    }
    for text in ["", "api.encord.com", "ftp://x", "https://user:secret@host", "https://host?x=1", "https://host#x"] {
        let error = Domain::parse(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}
