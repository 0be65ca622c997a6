//! Which requests are for us: by the name that they ask for and the page that they come from.

use super::harness::Server;

#[tokio::test]
async fn each_request_is_admitted_by_host_origin_and_fetch_metadata_on_every_route() {
    let dir = tempfile::tempdir().unwrap();
    let options = ["--allow-host", "board.example", "--allow-origin", "https://page.example"];
    let server = Server::start_with(dir.path(), &options).await;
    let port = server.addr.port();
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let with = |headers: &str| format!("{own}{headers}");
    let cases = [
        (own.clone(), 200),
        ("Host: localhost\r\n".into(), 200),
        ("Host: LocalHost:1\r\n".into(), 200),
        ("Host: [::1]:8080\r\n".into(), 200),
        ("Host: Board.Example\r\n".into(), 200),
        ("Host: board.example:443\r\n".into(), 200),
        ("Host: evil.example\r\n".into(), 421),
        ("Host: localhost.evil.example\r\n".into(), 421),
        ("Host: evil.board.example\r\n".into(), 421),
        ("Host: 127.0.0.2\r\n".into(), 421),
        (String::new(), 400),
        (format!("{own}{own}"), 400),
        ("Host: localhost\r\nHost: evil.example\r\n".into(), 400),
        ("Host: \r\n".into(), 400),
        ("Host: localhost:port\r\n".into(), 400),
        (with(&format!("Origin: http://127.0.0.1:{port}\r\n")), 200),
        (with(&format!("Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n")), 200),
        (with("Origin: https://page.example\r\nSec-Fetch-Site: cross-site\r\n"), 200),
        (with("Sec-Fetch-Site: same-origin\r\n"), 200),
        (with("Sec-Fetch-Site: none\r\n"), 200),
        (with("Origin: http://evil.example\r\n"), 403),
        (with("Origin: null\r\n"), 403),
        (with("Origin: http://127.0.0.1\r\n"), 403),
        (with(&format!("Origin: https://127.0.0.1:{port}\r\n")), 403),
        (with(&format!("Origin: http://localhost:{port}\r\n")), 403),
        (with("Origin: https://page.example.evil.example\r\n"), 403),
        (with("Origin: http://page.example\r\n"), 403),
        (with("Sec-Fetch-Site: cross-site\r\n"), 403),
        (with("Sec-Fetch-Site: same-site\r\n"), 403),
        (with("Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n"), 403),
        (with("Origin: https://page.example\r\nOrigin: https://page.example\r\n"), 403),
    ];
    for route in ["/", "/healthz", "/readyz", "/api/v1/boards", "/api/v1/connections"] {
        for (headers, expected) in &cases {
            let answer = ask(&server, &format!("GET {route} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).await;
            assert_eq!(status(&answer), *expected, "{route}\n{headers}\n{answer}");
            let allowed = answer.contains("\r\naccess-control-allow-origin: https://page.example\r\n");
            let names_page = *expected == 200 && headers.contains("Origin: https://page.example\r\n");
            assert_eq!(allowed, names_page, "{route}\n{headers}\n{answer}");
            assert_eq!(allowed, answer.contains("\r\naccess-control-"), "{route}\n{headers}\n{answer}");
            assert!(answer.contains("\r\nx-content-type-options: nosniff\r\n"), "{route}\n{headers}\n{answer}");
        }
    }
    // A stream isn't a way around: refused before it starts.
    for (headers, expected) in cases.iter().filter(|(_, expected)| *expected != 200) {
        let answer = ask(&server, &format!("GET /api/v1/sse HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), *expected, "{headers}\n{answer}");
    }
}

#[tokio::test]
async fn a_link_may_lead_to_the_page_but_to_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let link =
        "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    for (route, expected) in [("/", 200), ("/api/v1/boards", 403), ("/healthz", 403), ("/api/v1/sse", 403)] {
        let answer = ask(&server, &format!("GET {route} HTTP/1.1\r\n{link}Connection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), expected, "{route}");
    }
    let framed = link.replace("document", "iframe");
    let answer = ask(&server, &format!("GET / HTTP/1.1\r\n{framed}Connection: close\r\n\r\n")).await;
    assert_eq!(status(&answer), 403);
}

#[tokio::test]
async fn an_absolute_target_must_name_us_too() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    for (target, host, expected) in [
        ("http://localhost/healthz", "localhost", 200),
        ("http://evil.example/healthz", "localhost", 421),
        ("http://localhost/healthz", "evil.example", 421),
    ] {
        let answer = ask(&server, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), expected, "{target} {host}");
    }
}

#[tokio::test]
async fn an_allowed_page_may_ask_first_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_with(dir.path(), &["--allow-origin", "https://page.example"]).await;
    for (origin, expected) in [("https://page.example", 204), ("https://evil.example", 403)] {
        let request = format!(
            "OPTIONS /api/v1/boards HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: idempotency-key\r\n\
             Connection: close\r\n\r\n"
        );
        let answer = ask(&server, &request).await;
        assert_eq!(status(&answer), expected, "{answer}");
        let granted = answer.contains("\r\naccess-control-allow-headers: ") && answer.contains("idempotency-key");
        assert_eq!(granted, expected == 204, "{answer}");
    }
    let request = "GET /api/v1/boards HTTP/1.1\r\nHost: localhost\r\nOrigin: https://page.example\r\n\
                   Connection: close\r\n\r\n";
    let answer = ask(&server, request).await;
    let exposed = answer.lines().find_map(|line| line.strip_prefix("access-control-expose-headers: "));
    assert!(exposed.is_some_and(|names| names.contains("x-event-id")), "{answer}");
}

async fn ask(server: &Server, request: &str) -> String {
    String::from_utf8_lossy(&server.raw(request.as_bytes()).await).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {answer:?}"))
}
