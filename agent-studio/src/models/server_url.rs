//! URLs of model servers.

use reqwest::Url;

/// A URL in an environment variable, as the program that reads the variable splits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerUrl {
    /// The server, with its credentials.
    pub(super) origin: Url,
    /// The rest of the text, such as `/v1`. Empty without a path.
    pub(super) rest: String,
}

impl ServerUrl {
    /// Parses the value of a variable. `None` if it is not an `http` or `https` URL.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let origin = Url::parse(value).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
        let (_, after_scheme) = value.split_once("://")?;
        let rest = after_scheme.find(['/', '?', '#']).map_or("", |start| &after_scheme[start..]);
        Some(Self { origin, rest: rest.to_owned() })
    }

    /// Returns the URL of a request: path and query of `target` on this server.
    pub(super) fn at(&self, target: &str) -> Url {
        let mut url = self.origin.clone();
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url.set_fragment(None);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_after_the_origin() {
        for (value, rest) in [
            ("http://127.0.0.1:9000", ""),
            ("https://api.example.com/v1", "/v1"),
            (" https://u:p@api.example.com/v1/ ", "/v1/"),
            ("http://a?key=b", "?key=b"),
        ] {
            assert_eq!(ServerUrl::parse(value).unwrap().rest, rest, "{value}");
        }
        for value in ["", "127.0.0.1:9000", "ftp://a/b", "file:///a", "http:/a"] {
            assert!(ServerUrl::parse(value).is_none_or(|url| url.origin.has_host()), "{value}");
        }
        assert_eq!(ServerUrl::parse("127.0.0.1:9000"), None);
    }

    #[test]
    fn request_keeps_credentials_path_and_query() {
        let server = ServerUrl::parse("https://u:p@api.example.com/v1?a=b").unwrap();
        assert_eq!(server.at("/v1/chat?c=d").as_str(), "https://u:p@api.example.com/v1/chat?c=d");
        assert_eq!(server.at("/").as_str(), "https://u:p@api.example.com/");
    }
}
