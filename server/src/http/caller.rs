//! Who is at the other end of a request, also through proxies that are trusted to tell.

use std::net::{IpAddr, Ipv4Addr};

use hyper::header::HeaderMap;
use ipnet::IpNet;

/// The caller, as its connection shows it or a trusted proxy tells. An extension of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Where it is.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub is_encrypted: bool,
}

/// Nobody in particular: a request that came by no connection.
impl Default for Caller {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_encrypted: false }
    }
}

impl Caller {
    /// Who is behind this one, if it is one of the `proxies`: the nearest address of `X-Forwarded-For` that is none
    /// of them, by the scheme of `X-Forwarded-Proto`. Anybody else's headers say nothing.
    #[must_use]
    pub fn behind(self, proxies: &[IpNet], headers: &HeaderMap) -> Self {
        let is_proxy = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
        if !is_proxy(&self.address) {
            return self;
        }
        let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let told: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        let mut address = self.address;
        for text in told.into_iter().rev() {
            let Ok(before) = text.parse::<IpAddr>() else { break };
            address = before.to_canonical();
            if !is_proxy(&address) {
                break;
            }
        }
        let scheme = headers.get_all("x-forwarded-proto").iter().next_back();
        Self { address, is_encrypted: scheme.map_or(self.is_encrypted, |scheme| scheme == "https") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, told: &[&str], expected: &str) {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in told {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let caller = Caller { address: peer.parse().unwrap(), is_encrypted: false };
        assert_eq!(caller.behind(&proxies, &headers).address.to_string(), expected, "{peer} {told:?}");
    }

    #[test]
    fn only_a_trusted_proxy_tells_who_is_behind_it() {
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("127.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("127.0.0.1", &["1.1.1.1, 198.51.100.7, 10.1.2.3"], "198.51.100.7");
        check("127.0.0.1", &["1.1.1.1", "198.51.100.7"], "198.51.100.7");
        check("127.0.0.1", &["198.51.100.7, nonsense"], "127.0.0.1");
        check("127.0.0.1", &[], "127.0.0.1");
    }
}
