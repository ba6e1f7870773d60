//! Settings of the label editor page.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::dev_status::DevStatus;
use crate::models::{ModelRecorder, ModelRecorders};

/// A label editor page that a [`LocalPlatform`](crate::LocalPlatform) serves on its own port.
///
/// ```
/// use agent_studio::{AgentServer, LocalPlatform, Page};
///
/// let agents = AgentServer::new("http://127.0.0.1:8080")?.title("Examples").secret_from("AGENT_SECRET");
/// let builder = LocalPlatform::builder().page(Page::new().user("annotator@example.test").agent_server(agents));
/// # let _ = builder;
/// # Ok::<(), agent_studio::AgentServerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    pub(super) user: String,
    pub(super) servers: Vec<AgentServer>,
    pub(super) hosts: Vec<String>,
    pub(super) assets: Option<PathBuf>,
    pub(super) dev_status: Option<Arc<DevStatus>>,
    pub(super) cases: Option<PathBuf>,
    pub(super) models: ModelRecorders,
}

/// A server of editor agents that the page offers.
#[derive(Clone)]
pub struct AgentServer {
    pub(super) origin: String,
    pub(super) title: String,
    /// Environment variable with the signing secret.
    pub(super) secret: Option<String>,
}

/// The agent servers that a running page offers. Servers can be added at run time.
#[derive(Debug, Clone)]
pub(crate) struct AgentServers(Arc<RwLock<Vec<AgentServer>>>);

impl AgentServers {
    pub(super) fn new(servers: Vec<AgentServer>) -> Self {
        Self(Arc::new(RwLock::new(servers)))
    }

    pub(crate) fn add(&self, server: AgentServer) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(server);
    }

    pub(super) fn all(&self) -> Vec<AgentServer> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Invalid URL of an agent server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the URL of an agent server: write it as `http://host:port`, without a path")]
pub struct AgentServerError(pub String);

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    /// Creates a page without agent servers, with the user `annotator@example.test`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            user: "annotator@example.test".to_owned(),
            servers: Vec::new(),
            hosts: Vec::new(),
            assets: None,
            dev_status: None,
            cases: None,
            models: ModelRecorders::default(),
        }
    }

    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Sets the e-mail address of the annotator, who is the author of labels saved on the page. Default:
    /// `annotator@example.test`.
    #[must_use]
    pub fn user(mut self, email: impl Into<String>) -> Self {
        self.user = email.into();
        self
    }

    /// Offers the agents of this server on the page.
    #[must_use]
    pub fn agent_server(mut self, server: AgentServer) -> Self {
        self.servers.push(server);
        self
    }

    /// Accepts requests under this host name. Without it, only `localhost` and IP addresses are accepted, which
    /// protects the editor from DNS rebinding.
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Reads the page's files from this folder at every request instead of using the compiled-in files. For development
    /// of the page.
    #[must_use]
    pub fn assets_from(mut self, folder: impl AsRef<Path>) -> Self {
        self.assets = Some(folder.as_ref().to_owned());
        self
    }

    /// Sets the folder for calls that are saved as tests; see [`replay`](crate::replay). It is created when it is needed. Without
    /// it, the page cannot save any. Default: none.
    #[must_use]
    pub fn cases(mut self, folder: impl AsRef<Path>) -> Self {
        self.cases = Some(folder.as_ref().to_owned());
        self
    }

    /// Adds the responses of a model server to the calls that are saved as tests. May be called for several servers.
    #[must_use]
    pub fn record_models(mut self, recorder: &ModelRecorder) -> Self {
        self.models.add(recorder.clone());
        self
    }

    /// Shows the state of `agent-studio dev`.
    #[must_use]
    pub(crate) fn dev_status(mut self, status: Arc<DevStatus>) -> Self {
        self.dev_status = Some(status);
        self
    }
}

impl AgentServer {
    /// Creates an agent server from its URL, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// The URL is not an `http` or `https` origin: scheme, host and optional port.
    pub fn new(address: &str) -> Result<Self, AgentServerError> {
        let invalid = || AgentServerError(address.to_owned());
        let url = reqwest::Url::parse(address).map_err(|_| invalid())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_bare || !is_anonymous {
            return Err(invalid());
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { title: origin.clone(), origin, secret: None })
    }

    /// Sets the title on the page. Default: the URL.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Signs calls from the backend with the secret in this environment variable, which is read at every call
    /// (contract: `docs/contract/signatures.md#webhook-signature`).
    #[must_use]
    pub fn secret_from(mut self, variable: impl Into<String>) -> Self {
        self.secret = Some(variable.into());
        self
    }

    /// Returns the secret, if its variable is set and not empty.
    pub(super) fn secret(&self) -> Option<Zeroizing<String>> {
        let secret = std::env::var(self.secret.as_deref()?).ok().map(Zeroizing::new)?;
        (!secret.is_empty()).then_some(secret)
    }
}

impl fmt::Debug for AgentServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentServer").field("origin", &self.origin).field("secret_from", &self.secret).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_server_requires_origin() {
        assert_eq!(AgentServer::new("http://127.0.0.1:8080/").unwrap().origin, "http://127.0.0.1:8080");
        assert_eq!(AgentServer::new("https://Agents.example.com:443").unwrap().origin, "https://agents.example.com");
        for address in ["127.0.0.1:8080", "ftp://a", "http://a/hello", "http://a/?b", "http://u:p@a", "file:///a", ""] {
            assert!(AgentServer::new(address).is_err(), "{address}");
        }
    }
}
