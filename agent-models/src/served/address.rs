//! Addresses of models.

use reqwest::Url;

use super::error::ServedError;

/// The address of a model.
#[derive(Clone)]
pub(super) struct ModelAddress {
    /// URL of the server, without a trailing slash.
    pub(super) server: String,
    pub(super) model: String,
    /// The version. The server selects one without it.
    pub(super) version: Option<String>,
    pub(super) scheme: Scheme,
}

/// The transport of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Grpc,
}

impl ModelAddress {
    pub(super) fn parse(text: &str) -> Result<Self, ServedError> {
        // The URL is not quoted, because it may contain credentials.
        let invalid = || {
            let advice = "Invalid URL of a model. Set it to one such as `http://localhost:8000/v2/models/NAME`, \
                with `grpc` instead of `http` for gRPC, and `/versions/VERSION` after it for one version.";
            ServedError::InvalidSettings(advice.to_owned())
        };
        let (scheme, text) = match text.strip_prefix("grpc") {
            Some(rest) => (Scheme::Grpc, format!("http{rest}")),
            None => (Scheme::Http, text.to_owned()),
        };
        let url = Url::parse(&text).map_err(|_| invalid())?;
        let text = url.as_str().trim_end_matches('/');
        let (server, path) = text.split_once("/v2/models/").ok_or_else(invalid)?;
        let mut parts = path.split('/');
        let (model, version) = match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(model), None, ..] => (model, None),
            [Some(model), Some("versions"), Some(version), None] => (model, Some(version.to_owned())),
            _ => return Err(invalid()),
        };
        let plain = url.query().is_none() && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || model.is_empty() || !plain {
            return Err(invalid());
        }
        // gRPC has no path: its service is at the root.
        if scheme == Scheme::Grpc && server.matches('/').count() > 2 {
            return Err(invalid());
        }
        Ok(Self { server: server.to_owned(), model: model.to_owned(), version, scheme })
    }

    /// Returns the URL of the model over HTTP.
    pub(super) fn model_url(&self) -> String {
        let Self { server, model, version, .. } = self;
        match version {
            Some(version) => format!("{server}/v2/models/{model}/versions/{version}"),
            None => format!("{server}/v2/models/{model}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_urls_of_both_transports() {
        let address = ModelAddress::parse("https://models.test/prefix/v2/models/sam/versions/3/").ok().unwrap();
        assert_eq!((&*address.server, &*address.model), ("https://models.test/prefix", "sam"));
        assert_eq!(address.model_url(), "https://models.test/prefix/v2/models/sam/versions/3");
        let address = ModelAddress::parse("grpcs://models.test:8001/v2/models/sam").ok().unwrap();
        assert_eq!((&*address.server, address.scheme), ("https://models.test:8001", Scheme::Grpc));
    }

    #[test]
    fn rejects_other_urls_without_quoting_them() {
        for url in [
            "",
            "localhost:8000/v2/models/sam",
            "ftp://secret@x/v2/models/sam",
            "http://secret@x:8000",
            "http://x/v2/models/",
            "http://x/v2/models/sam/infer",
            "http://x/v2/models/sam?token=secret",
            "grpc://x/prefix/v2/models/sam",
        ] {
            let error = ModelAddress::parse(url).err().unwrap().to_string();
            assert!(error.starts_with("Invalid URL") && !error.contains("secret"), "{url} {error}");
        }
    }
}
