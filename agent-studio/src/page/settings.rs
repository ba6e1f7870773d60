//! What the label editor page is told when it is set up.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

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
}

/// A server of editor agents that the page offers.
#[derive(Clone)]
pub struct AgentServer {
    pub(super) origin: String,
    pub(super) title: String,
    /// The environment variable that holds the secret.
    pub(super) secret: Option<String>,
}

/// The servers that a running page offers; more can be added.
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

/// An address that is none of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of an agent server: write it as `http://host:port`, without a path")]
pub struct AgentServerError(pub String);

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    /// A page without agent servers, for `annotator@example.test`.
    #[must_use]
    pub fn new() -> Self {
        Self { user: "annotator@example.test".to_owned(), servers: Vec::new(), hosts: Vec::new(), assets: None }
    }

    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Who labels: the e-mail address that is noted as the author of what is saved from the page.
    #[must_use]
    pub fn user(mut self, email: impl Into<String>) -> Self {
        self.user = email.into();
        self
    }

    /// Offers the agents of this server.
    #[must_use]
    pub fn agent_server(mut self, server: AgentServer) -> Self {
        self.servers.push(server);
        self
    }

    /// Answers under this host name too. Without it only `localhost` and addresses in digits are answered, so that a page
    /// elsewhere cannot reach the editor through a name of its own (DNS rebinding).
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Reads the page's files from this folder whenever they are asked for, instead of those that were compiled in: for
    /// work on the page itself.
    #[must_use]
    pub fn assets_from(mut self, folder: impl AsRef<Path>) -> Self {
        self.assets = Some(folder.as_ref().to_owned());
        self
    }
}

impl AgentServer {
    /// The server at this address, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// What is not a scheme and a host, with or without a port.
    pub fn new(address: &str) -> Result<Self, AgentServerError> {
        let refuse = || AgentServerError(address.to_owned());
        let url = reqwest::Url::parse(address).map_err(|_| refuse())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_bare || !is_anonymous {
            return Err(refuse());
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { title: origin.clone(), origin, secret: None })
    }

    /// What the page calls it; its address unless set.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Calls sent from the backend are signed with the secret that this environment variable holds when they are sent
    /// (contract: `docs/contract/signatures.md#webhook-signature`).
    #[must_use]
    pub fn secret_from(mut self, variable: impl Into<String>) -> Self {
        self.secret = Some(variable.into());
        self
    }

    /// The secret, if its variable is set to something.
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
    fn an_agent_server_is_an_origin() {
        assert_eq!(AgentServer::new("http://127.0.0.1:8080/").unwrap().origin, "http://127.0.0.1:8080");
        assert_eq!(AgentServer::new("https://Agents.example.com:443").unwrap().origin, "https://agents.example.com");
        for address in ["127.0.0.1:8080", "ftp://a", "http://a/hello", "http://a/?b", "http://u:p@a", "file:///a", ""] {
            assert!(AgentServer::new(address).is_err(), "{address}");
        }
    }
}
