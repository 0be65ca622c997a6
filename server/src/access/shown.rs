//! What a request shows: a token in its header, a ticket in its query, a cookie.

use boardcast_shared::Time;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;

/// What says who somebody is.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// Something that nobody is given.
    Unreadable,
    /// `Authorization: Bearer` [RFC 6750 2.1].
    Token(String),
    /// `?ticket=`, where one is taken.
    Ticket(String),
    /// The cookie of a session.
    Cookie(String),
}

/// Whether a route takes tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tickets {
    /// It is the stream.
    Taken,
    /// It isn't.
    Ignored,
}

impl Shown {
    /// What the request shows: a header before a ticket before a cookie.
    pub fn of(parts: &Parts, cookie: &SessionCookie, tickets: Tickets) -> Self {
        if let Some(token) = bearer(&parts.headers) {
            return token;
        }
        let query = parts.uri.query().unwrap_or_default();
        let ticket = || form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ticket");
        if tickets == Tickets::Taken
            && let Some((_, ticket)) = ticket()
        {
            return Self::Ticket(ticket.into_owned());
        }
        cookie.find(&parts.headers).map_or(Self::Nothing, |value| Self::Cookie(value.to_owned()))
    }
}

fn bearer(headers: &HeaderMap) -> Option<Shown> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let one = all.next()?;
    let token = one.to_str().ok().and_then(|text| text.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    Some(match (token, all.next()) {
        (Some(token), None) if !token.is_empty() => Shown::Token(token.to_owned()),
        _ => Shown::Unreadable,
    })
}

/// The cookie of a session. It is named for the database: cookies don't know ports, and two servers of one machine must
/// not take each other's away.
#[derive(Debug, Clone)]
pub struct SessionCookie {
    name: String,
    secure: bool,
}

impl SessionCookie {
    /// Of the log `epoch`; over TLS `secure`.
    #[must_use]
    pub fn new(epoch: &str, secure: bool) -> Self {
        Self { name: format!("boardcast_{epoch}"), secure }
    }

    fn find<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name).map(|(_, value)| value)
    }

    /// `Set-Cookie` for a session until `end`.
    #[must_use]
    pub fn set(&self, value: &str, now: Time, end: Time) -> HeaderValue {
        self.header(value, (end.millis() - now.millis()).max(0) / 1000)
    }

    /// `Set-Cookie` that takes it away.
    #[must_use]
    pub fn clear(&self) -> HeaderValue {
        self.header("", 0)
    }

    fn header(&self, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.name);
        let mut header = HeaderValue::try_from(text).expect("a cookie of ours is plain ASCII");
        header.set_sensitive(true);
        header
    }
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[track_caller]
    fn check(uri: &str, headers: &[(&str, &str)], shown: Shown) {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(Shown::of(&parts, &SessionCookie::new("e", false), Tickets::Taken), shown, "{uri} {headers:?}");
    }

    #[test]
    fn a_header_comes_before_a_ticket_before_a_cookie() {
        let (token, cookie) = (("authorization", "bearer t"), ("cookie", "a=b; boardcast_e=c"));
        check("/sse?ticket=x", &[token, cookie], Shown::Token("t".into()));
        check("/sse?ticket=x", &[cookie], Shown::Ticket("x".into()));
        check("/sse", &[cookie], Shown::Cookie("c".into()));
        check("/sse", &[("cookie", "boardcast_x=c")], Shown::Nothing);
        for odd in ["Basic dDp0", "Bearer", "Bearer ", "t"] {
            check("/sse", &[("authorization", odd), cookie], Shown::Unreadable);
        }
        check("/sse", &[token, token], Shown::Unreadable);
    }
}
