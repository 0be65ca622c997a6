use std::fmt;
use std::str::FromStr;

use hyper::Uri;

use super::ClientError;

/// Where a server is: `http://HOST[:PORT][/PREFIX]`, parsed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    /// Host and port as they stand in the `Host` header.
    authority: String,
    /// The host as the resolver takes it: an IPv6 address without its brackets.
    host: String,
    port: u16,
    /// What a proxy put before our paths; empty or `/…` without a slash at its end.
    prefix: String,
}

impl ServerUrl {
    /// The value of the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What to connect to.
    #[must_use]
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// The request target of one of our paths.
    #[must_use]
    pub fn target(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

impl FromStr for ServerUrl {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        let refuse = |why: &str| ClientError::Url { url: text.to_owned(), why: why.to_owned() };
        let uri: Uri = text.parse().map_err(|_| refuse("it isn't a URL"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(refuse("https isn't spoken here; connect to the server behind the proxy")),
            _ => return Err(refuse("it doesn't begin with http://")),
        }
        let authority = uri.authority().ok_or_else(|| refuse("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("a name or password has no place in it"));
        }
        if uri.query().is_some() {
            return Err(refuse("it has a query"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(refuse("it names no host"));
        }
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { authority: authority.as_str().to_owned(), host, port: authority.port_u16().unwrap_or(80), prefix })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, address: (&str, u16), target: &str) {
        let url: ServerUrl = text.parse().unwrap();
        assert_eq!(url.address(), address, "{text}");
        assert_eq!(url.target("/readyz"), target, "{text}");
    }

    #[test]
    fn host_port_and_prefix_are_told_apart() {
        check("http://127.0.0.1:4400", ("127.0.0.1", 4400), "/readyz");
        check("http://localhost", ("localhost", 80), "/readyz");
        check("http://[::1]:4400/", ("::1", 4400), "/readyz");
        check("http://board.example/live/", ("board.example", 80), "/live/readyz");
    }

    #[test]
    fn what_is_no_plain_http_url_is_refused_with_its_reason() {
        for (text, why) in [
            ("https://board.example", "https"),
            ("127.0.0.1:4400", "http://"),
            ("ftp://board.example", "http://"),
            ("http://me:secret@board.example", "password"),
            ("http://board.example/?a=b", "query"),
            ("http:// board", "URL"),
            ("", "URL"),
        ] {
            let error = text.parse::<ServerUrl>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
