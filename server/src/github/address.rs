//! Where GitHub's API is, and which repository a board means there.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// The base of the API: `https://api.github.com`, an Enterprise's, or a stand-in's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl {
    /// Encrypted or not.
    pub is_https: bool,
    /// Host and port as they stand in the `Host` header.
    pub authority: String,
    /// The host, without the brackets of an IPv6 address.
    pub host: String,
    /// The port.
    pub port: u16,
    prefix: String,
}

impl ApiUrl {
    /// The request target of a path of the API.
    #[must_use]
    pub fn target(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Whether a token that is sent there can be read on the way.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        !self.is_https && !self.is_here()
    }

    fn is_here(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"].contains(&self.host.as_str())
    }

    /// Whether remotes at `host` hold what this API speaks of.
    fn serves(&self, host: &str) -> bool {
        let is = |name: &str| host.eq_ignore_ascii_case(name);
        // A stand-in on this machine answers for GitHub.
        let own = if self.is_here() { "github.com" } else { &self.host };
        is(own.strip_prefix("api.").unwrap_or(own))
    }
}

impl FromStr for ApiUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "it isn't a URL")?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it begins neither with https:// nor with http://".into()),
        };
        let authority = uri.authority().ok_or("it names no host")?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if authority.as_str().contains('@') || uri.query().is_some() || host.is_empty() {
            return Err("it must be scheme, host, port and path, without a password or a query".into());
        }
        let port = authority.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { is_https, authority: authority.as_str().to_owned(), host, port, prefix })
    }
}

/// A repository at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repo {
    /// A user or an organization.
    pub owner: String,
    /// Its name there.
    pub name: String,
}

impl fmt::Display for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl Repo {
    /// `owner/name`, of characters that need no escaping in a path.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let is_plain = |part: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
            !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain)
        };
        (is_plain(owner) && is_plain(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }

    /// The one that a remote's URL names, when its host is exactly that of the API.
    #[must_use]
    pub fn of_remote(url: &str, api: &ApiUrl) -> Option<Self> {
        let (authority, path) = match url.split_once("://") {
            Some((scheme, rest)) if ["https", "http", "ssh", "git"].contains(&scheme) => rest.split_once('/')?,
            Some(_) => return None,
            // `git@github.com:owner/name.git`
            None => url.split_once(':').filter(|(host, _)| !host.contains('/'))?,
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
        let path = path.trim_start_matches('/').trim_end_matches('/');
        let named = Self::named(path.strip_suffix(".git").unwrap_or(path));
        named.filter(|_| api.serves(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(api: &str, url: &str, expected: Option<&str>) {
        let found = Repo::of_remote(url, &api.parse().unwrap());
        assert_eq!(found.map(|repo| repo.to_string()).as_deref(), expected, "{url} at {api}");
    }

    #[test]
    fn a_repository_is_taken_from_a_remote_whose_host_is_exactly_githubs() {
        let github = "https://api.github.com";
        for url in [
            "https://github.com/acme/app.git",
            "https://me:secret@github.com/acme/app",
            "ssh://git@github.com:22/acme/app.git",
            "git@github.com:acme/app.git",
            "https://GitHub.com/acme/app/",
        ] {
            check(github, url, Some("acme/app"));
            check("http://127.0.0.1:8080", url, Some("acme/app"));
            check("https://ghe.example/api/v3", url, None);
        }
        for url in [
            "https://github.com.evil.example/acme/app",
            "https://evil.example/github.com/acme/app",
            "https://github.com@evil.example/acme/app",
            "https://notgithub.com/acme/app",
            "https://github.com/acme/app/more",
            "https://github.com/acme/..",
            "ext::sh -c github.com:acme/app",
            "file:///github.com/acme/app",
            "/srv/github.com:acme/app",
            "../app",
        ] {
            check(github, url, None);
        }
        check("https://ghe.example/api/v3", "git@ghe.example:acme/app.git", Some("acme/app"));
        check("https://api.acme.ghe.com", "https://acme.ghe.com/acme/app", Some("acme/app"));
    }

    #[test]
    fn an_api_is_a_plain_base() {
        let api: ApiUrl = "https://ghe.example/api/v3/".parse().unwrap();
        assert_eq!((api.port, api.target("/repos").as_str()), (443, "/api/v3/repos"));
        let api: ApiUrl = "http://[::1]:81".parse().unwrap();
        assert_eq!((api.host.as_str(), api.port, api.target("/repos").as_str()), ("::1", 81, "/repos"));
        for bad in ["", "github.com", "ftp://github.com", "https://a:b@github.com", "https://github.com/?a"] {
            assert!(bad.parse::<ApiUrl>().is_err(), "{bad}");
        }
    }
}
