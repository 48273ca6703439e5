//! Notices against a real socket of this machine, and addresses that must never be reached.

use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;

/// A server that takes one request, answers as told, and hands back what it read.
fn one_request(answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut read = Vec::new();
        let mut piece = [0u8; 4_096];
        loop {
            let n = stream.read(&mut piece).unwrap();
            read.extend_from_slice(&piece[..n]);
            let text = String::from_utf8_lossy(&read).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| {
                        line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
                    })
                    .and_then(|n| n.parse::<usize>().ok())
                    .unwrap_or(0);
                if body.len() >= length {
                    stream.write_all(answer.as_bytes()).unwrap();
                    return text;
                }
            }
        }
    });
    (port, server)
}

#[test]
fn a_signed_notice_reaches_its_endpoint_and_the_signature_can_be_recomputed() {
    let (port, server) = one_request("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}/hook?a=1"), true).unwrap();
    let body = r#"{"kind":"erasure"}"#;
    let headers = signature_headers("s3cret", "notice-7", Instant(1_700_000_000_000_000), body).unwrap();
    assert_eq!(post(&endpoint, &headers, body), Ok(204));
    let seen = server.join().unwrap();
    assert!(seen.starts_with("POST /hook?a=1 HTTP/1.1"), "{seen}");
    assert!(seen.ends_with(body), "{seen}");
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(b"notice-7.1700000000.");
    mac.update(body.as_bytes());
    let expected = format!("webhook-signature: v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert!(seen.to_ascii_lowercase().contains(&expected.to_ascii_lowercase()), "{seen}");
}

#[test]
fn a_redirect_is_not_followed_and_a_failure_is_told() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/inside\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (port, server) = one_request(answer);
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}/"), true).unwrap();
    assert_eq!(post(&endpoint, &[], "{}"), Err(HookError::Status(302)));
    server.join().unwrap();
    let (port, server) = one_request("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let endpoint = Endpoint::parse(&format!("http://localhost:{port}/"), true).unwrap();
    assert_eq!(post(&endpoint, &[], "{}"), Err(HookError::Status(503)));
    server.join().unwrap();
}

#[test]
fn only_https_to_somewhere_else_is_taken_unless_the_operator_vouches_for_the_host() {
    for url in ["https://hooks.example.com/a", "https://hooks.example.com:8443/a?b=c", "https://1.1.1.1/"] {
        assert!(Endpoint::parse(url, false).is_ok(), "{url}");
    }
    for url in [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "https://",
        "",
        "https://user:pw@hooks.example.com/",
        "https://hooks.example.com/#x",
        "https://hooks.example.com/a b",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "https://hooks.example.com/\r\nx: y",
    ] {
        assert!(matches!(Endpoint::parse(url, false), Err(HookError::Url(_))), "{url}");
    }
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]:8443/",
    ] {
        assert!(matches!(Endpoint::parse(url, false), Err(HookError::Private(_))), "{url}");
    }
    assert!(Endpoint::parse("https://10.1.2.3/", true).is_ok());
    assert!(Endpoint::parse("http://10.1.2.3/", true).is_err(), "plain http stays on this machine");
}

#[test]
fn a_name_that_leads_inside_is_refused_when_it_is_looked_up() {
    // Where a name leads is decided by its addresses, whatever it is called.
    let endpoint = Endpoint {
        uri: "https://inside.example/".parse().unwrap(),
        host: "localhost".to_owned(),
        port: 443,
        allow_private: false,
    };
    assert_eq!(post(&endpoint, &[], "{}"), Err(HookError::Private("localhost".to_owned())));
}

#[test]
fn the_connection_goes_to_the_pinned_address_and_not_where_the_name_leads_by_now() {
    let (port, server) = one_request("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let config = ureq::Agent::config_builder().proxy(None).build();
    let pinned = Pinned(vec![SocketAddr::from(([127, 0, 0, 1], port))]);
    let agent = ureq::Agent::with_parts(config, DefaultConnector::new(), pinned);
    // The name does not exist at all.
    let answer = agent.post(format!("http://nowhere.invalid:{port}/x")).send("{}").unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(server.join().unwrap().to_ascii_lowercase().contains("host: nowhere.invalid"));
}
