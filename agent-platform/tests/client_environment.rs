//! Configuration from the environment, and trusted certificates. Each test runs itself in a child process with another
//! environment.

use std::process::Command;
use std::sync::Arc;

use agent_platform::client::{Domain, Error, PlatformClient, RetryPolicy};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use test_support::client;
use test_support::keys;

/// Set in the child process.
const CHILD: &str = "AGENT_PLATFORM_TEST_AGAIN";

/// A self-signed certificate for 127.0.0.1, made up for these tests.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBpjCCAUugAwIBAgIUaACugT8NHUc8zvkCgFRdLL009xkwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVbWFkZS11cCB0ZXN0IHBsYXRmb3JtMCAXDTI2MTEyMTIzMDY1
OFoYDzIxMjYxMDI4MjMwNjU4WjAgMR4wHAYDVQQDDBVtYWRlLXVwIHRlc3QgcGxh
dGZvcm0wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQFz0MWAZtSLi8hT3TG62pG
IHglecGJsFK06KaKlivVnD7BoOLUvVBSkJWNEDeNgrlg+jhws7VdSEFHoea1U8MZ
o2EwXzAdBgNVHQ4EFgQUTqyseR1jO8anI/H+3SkPjXamELYwHwYDVR0jBBgwFoAU
TqyseR1jO8anI/H+3SkPjXamELYwDwYDVR0RBAgwBocEfwAAATAMBgNVHRMBAf8E
AjAAMAoGCCqGSM49BAMCA0kAMEYCIQC/H9Op13YnZfvTqHRxJ2mySw6S07jF9LZY
ZrpRpP7DawIhAO+PQTGnoYccTrkRqJhTY+UC6OvUsAWJohAg0vGeal2t
-----END CERTIFICATE-----
";

/// The key of the certificate. It protects nothing.
const CERTIFICATE_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzqxsSahYoZBd4WR7
s+sIw4lgnJknDttZ93qEvdgMTtWhRANCAAQFz0MWAZtSLi8hT3TG62pGIHglecGJ
sFK06KaKlivVnD7BoOLUvVBSkJWNEDeNgrlg+jhws7VdSEFHoea1U8MZ
-----END PRIVATE KEY-----
";

/// Runs a test of this file in a child process, with these variables and no other credentials.
fn run_in_child(test: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("client_environment::{test}"), "--nocapture"]).env(CHILD, "1");
    for name in ["ENCORD_SSH_KEY", "ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY_PASSPHRASE", "ENCORD_DOMAIN", "SSL_CERT_DIR"]
    {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

#[test]
fn builds_client_from_the_environment() {
    if !is_child() {
        run_in_child(
            "builds_client_from_the_environment",
            &[("ENCORD_SSH_KEY", keys::PLAIN), ("ENCORD_DOMAIN", "http://127.0.0.1:9/base//")],
        );
        return;
    }
    let platform = PlatformClient::from_env().unwrap();
    assert_eq!(platform.domain().as_str(), "http://127.0.0.1:9/base");
    assert!(format!("{platform:?}").contains(keys::KEY_ID));
}

#[test]
fn uses_default_domain_if_unset() {
    if !is_child() {
        run_in_child("uses_default_domain_if_unset", &[("ENCORD_SSH_KEY", keys::PLAIN)]);
        return;
    }
    assert_eq!(PlatformClient::from_env().unwrap().domain().as_str(), Domain::EUROPE);
}

#[test]
fn rejects_blank_domain() {
    if !is_child() {
        run_in_child("rejects_blank_domain", &[("ENCORD_SSH_KEY", keys::PLAIN), ("ENCORD_DOMAIN", " ")]);
        return;
    }
    let error = PlatformClient::from_env().unwrap_err().to_string();
    assert!(error.contains("ENCORD_DOMAIN"), "{error}");
}

#[test]
fn missing_variables_error_says_what_to_set() {
    if !is_child() {
        run_in_child("missing_variables_error_says_what_to_set", &[]);
        return;
    }
    let error = PlatformClient::from_env().unwrap_err().to_string();
    assert!(error.contains("ENCORD_SSH_KEY_FILE"), "{error}");
}

/// Starts a TLS server on loopback that responds `{}` to every request.
async fn encrypted() -> Domain {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE_KEY.as_bytes()).unwrap();
    let configuration = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let domain = Domain::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(configuration));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            if matches!(stream.read(&mut request).await, Ok(1..)) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
            }
        }
    });
    domain
}

async fn ask_encrypted() -> Result<(), Error> {
    let platform = PlatformClient::builder()
        .credentials(agent_platform::auth::Credentials::key(client::key()))
        .domain(encrypted().await)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    platform.ontology("o").await.map(drop)
}

// On other systems the client uses the system's store, which variables cannot extend.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[tokio::test]
async fn accepts_certificate_of_the_system_store() {
    if !is_child() {
        let folder = std::env::temp_dir().join(format!("agent-platform-{}-tls", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("authorities.pem");
        std::fs::write(&file, CERTIFICATE).unwrap();
        run_in_child("accepts_certificate_of_the_system_store", &[("SSL_CERT_FILE", file.to_str().unwrap())]);
        std::fs::remove_dir_all(folder).unwrap();
        return;
    }
    ask_encrypted().await.unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none(), "no process-wide crypto provider is installed");
}

#[tokio::test]
async fn rejects_self_signed_certificate() {
    let folder = std::env::temp_dir().join(format!("agent-platform-{}-other", std::process::id()));
    if !is_child() {
        run_in_child("rejects_self_signed_certificate", &[]);
        let _ = std::fs::remove_dir_all(folder);
        return;
    }
    // On a machine without certificate authorities the client cannot be built.
    let error =
        match PlatformClient::builder().credentials(agent_platform::auth::Credentials::key(client::key())).build() {
            Ok(_) => ask_encrypted().await.unwrap_err(),
            Err(error) => {
                assert!(error.to_string().contains("ca-certificates"), "{error}");
                return;
            }
        };
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
}
