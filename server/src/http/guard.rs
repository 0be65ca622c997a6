//! Which requests are for us. Pages on the web can send requests to programs on their reader's machine, and names can be
//! made to point there; so each request must name us as its host, and must come from ourselves.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Method, StatusCode, Version};

use super::caller::Caller;
use crate::api::problem::Problem;

/// What a page of an allowed origin may read of an answer.
const EXPOSED: &str = "x-event-id, etag, idempotency-replayed, retry-after, x-truncated, location";
/// What it may send.
const ALLOWED_HEADERS: &str =
    "content-type, idempotency-key, if-match, if-none-match, last-event-id, authorization, cache-control";
const ALLOWED_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// Who we are, and who else may call.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Names of this server without port, lower case; `localhost`, `127.0.0.1` and `[::1]` always are.
    pub hosts: Vec<String>,
    /// Origins of other pages that may call, exact.
    pub origins: Vec<String>,
    /// What a browser sees as our origin when a proxy stands before us.
    pub public_origin: Option<String>,
}

impl Guard {
    /// Whether browsers reach us over TLS.
    #[must_use]
    pub fn is_behind_tls(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The same, reached through a proxy by this URL: its origin is ours, and so is its name, which a proxy may keep.
    #[must_use]
    pub fn reached_by(mut self, url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        self.public_origin = Some(format!("{}://{authority}", scheme.to_ascii_lowercase()));
        let host = authority.parse::<Authority>().map(|authority| authority.host().to_owned());
        self.hosts.extend(host);
        self
    }

    fn is_ours(&self, authority: &str) -> Result<bool, Problem> {
        let malformed = || Problem::bad_request("bad_host", "the Host header is not a host with an optional port");
        let (name, port) = match authority.rfind(']') {
            Some(end) => authority.split_at(end + 1),
            None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
        };
        let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
        if name.is_empty() || !port_ok {
            return Err(malformed());
        }
        let name = name.to_ascii_lowercase();
        let always = ["localhost", "127.0.0.1", "[::1]"].contains(&name.as_str());
        Ok(always || self.hosts.contains(&name))
    }

    fn check_host(&self, request: &Request) -> Result<HeaderValue, Problem> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        // In HTTP/2 the target says it [RFC 9113 8.3.1].
        let authority = request.uri().authority().filter(|_| request.version() == Version::HTTP_2);
        let authority = authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.clone(),
            (None, None) if authority.is_some() => authority.expect("it was looked at"),
            _ => return Err(Problem::bad_request("bad_host", "there must be exactly one Host header")),
        };
        let text = host.to_str().map_err(|_| Problem::bad_request("bad_host", "the Host header is not ASCII"))?;
        let target = request.uri().authority().map(|authority| authority.as_str());
        for authority in [Some(text), target].into_iter().flatten() {
            if !self.is_ours(authority)? {
                return Err(Problem::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    "misdirected",
                    "this server doesn't go by that name; see --allow-host",
                ));
            }
        }
        Ok(host)
    }

    /// The allowed foreign origin of the request, if it has one; an error for one that isn't allowed.
    fn check_origin(&self, request: &Request, host: &HeaderValue) -> Result<Option<HeaderValue>, Problem> {
        let refused = || {
            Problem::new(
                StatusCode::FORBIDDEN,
                "cross_origin",
                "pages of other origins may not call; see --allow-origin",
            )
        };
        let headers = request.headers();
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, None) = (origins.next(), origins.next()) else { return Err(refused()) };
        if let Some(origin) = origin
            && self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
        {
            return Ok(Some(origin.clone()));
        }
        if let Some(origin) = origin
            && !self.is_own_origin(origin, host, scheme(request))
        {
            return Err(refused());
        }
        if !is_from_here(headers) && !is_navigation_to_page(request) {
            return Err(refused());
        }
        Ok(None)
    }

    fn is_own_origin(&self, origin: &HeaderValue, host: &HeaderValue, scheme: &str) -> bool {
        let (Ok(origin), Ok(host)) = (origin.to_str(), host.to_str()) else { return false };
        origin.strip_prefix(scheme).is_some_and(|name| name.eq_ignore_ascii_case(host))
            || self.public_origin.as_deref() == Some(origin)
    }
}

fn scheme(request: &Request) -> &'static str {
    let is_encrypted = request.extensions().get::<Caller>().is_some_and(|caller| caller.is_encrypted);
    if is_encrypted { "https://" } else { "http://" }
}

/// [Fetch Metadata] Asked for by ourselves, by a person, or by a program that isn't a browser.
fn is_from_here(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin" || site == "none")
}

/// A link from elsewhere to the page: it opens in a window of its own and its opener can't read it.
fn is_navigation_to_page(request: &Request) -> bool {
    let is = |name: &str, value: &str| request.headers().get(name).is_some_and(|found| found == value);
    request.method() == Method::GET
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && !request.headers().contains_key(header::ORIGIN)
        && !request.uri().path().starts_with("/api/")
        && !["/healthz", "/readyz", "/metrics"].contains(&request.uri().path())
}

/// Refuses what isn't for us, and gives allowed pages the headers that they need.
pub async fn guard(State(guard): State<std::sync::Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&guard, &request) {
        Err(problem) => problem.into_response(),
        Ok(None) => next.run(request).await,
        Ok(Some(origin)) => {
            let mut response = if is_preflight(&request) { preflight(&request) } else { next.run(request).await };
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
            headers.append(header::VARY, HeaderValue::from_static("origin"));
            response
        }
    };
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn admit(guard: &Guard, request: &Request) -> Result<Option<HeaderValue>, Problem> {
    let host = guard.check_host(request)?;
    guard.check_origin(request, &host)
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(request: &Request) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(ALLOWED_METHODS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if request.headers().contains_key("access-control-request-private-network") {
        let name = HeaderName::from_static("access-control-allow-private-network");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_and_a_name_of_ours() {
        for (url, origin, host) in [
            ("https://Board.example/x", "https://board.example", "board.example"),
            ("https://board.example:8443", "https://board.example:8443", "board.example"),
            ("https://[2001:db8::1]/", "https://[2001:db8::1]", "[2001:db8::1]"),
        ] {
            let guard = Guard::default().reached_by(url);
            assert_eq!((guard.public_origin.as_deref(), guard.hosts), (Some(origin), vec![host.to_owned()]));
        }
    }
}
