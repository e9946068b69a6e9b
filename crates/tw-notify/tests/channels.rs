//! Both channels against real sockets on this machine: a mail server and a web server, each as
//! small as their RFCs allow.
//!
//! **Room:** tests of `tw-notify`. **Must not:** leave this machine.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tw_alert::{Code, Message, MessageKind, Severity, Subject};
use tw_notify::{
    Delivery, EmailChannel, EmailSettings, Encryption, Notice, WebhookChannel, WebhookSettings,
    signature,
};
use tw_units::{SiteId, Timestamp, WallClock};

const NOW: i64 = 1_795_316_400;
const DEADLINE: Duration = Duration::from_secs(20);

fn notice() -> Notice {
    let message = Message {
        kind: MessageKind::Raise,
        subject: Subject::Site(SiteId::new("mic").unwrap()),
        site: SiteId::new("mic").ok(),
        code: Code::SiteSilent,
        severity: Severity::Critical,
        since: Timestamp::from_seconds(NOW - 60),
        at: Timestamp::from_seconds(NOW),
        flapping: false,
        params: BTreeMap::new(),
        quiet_by: None,
    };
    Notice {
        id: message.id(),
        title: "Mất liên lạc với MIC".to_owned(),
        body: "Từ lúc: 2026-11-22 10:00:00 +07:00\n.\nHết\n".to_owned(),
        message,
    }
}

fn clock() -> WallClock {
    WallClock::fixed(Timestamp::from_seconds(NOW))
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

/// A mail server for one session (RFC 5321): answers `after_rcpt` to RCPT and gives back what it
/// was told, line by line.
async fn mail_server(after_rcpt: &'static str) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let (listener, at) = listener().await;
    let session = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut told = Vec::new();
        let mut in_data = false;
        write.write_all(b"220 test ESMTP\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap_or(None) {
            let verb: String = line.chars().take(4).collect::<String>().to_uppercase();
            let answer = match (in_data, verb.as_str()) {
                (true, _) if line == "." => {
                    in_data = false;
                    "250 kept\r\n"
                }
                (true, _) => "",
                (false, "EHLO") => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                (false, "RCPT") => after_rcpt,
                (false, "DATA") => {
                    in_data = true;
                    "354 go on\r\n"
                }
                (false, "QUIT") => "221 bye\r\n",
                (false, _) => "250 ok\r\n",
            };
            told.push(line);
            if write.write_all(answer.as_bytes()).await.is_err() || verb == "QUIT" && !in_data {
                break;
            }
        }
        told
    });
    (at, session)
}

fn email(at: SocketAddr) -> EmailChannel {
    let settings = EmailSettings {
        server: at.ip().to_string(),
        port: at.port(),
        encryption: Encryption::None,
        username: None,
        password: None,
        from: "Tierwatch <tierwatch@vnta.example>".to_owned(),
        to: vec!["noc@vnta.example".to_owned()],
        timeout_seconds: 5,
    };
    EmailChannel::new(&settings, clock()).unwrap()
}

#[tokio::test]
async fn a_letter_reaches_the_mail_server_whole() {
    let (at, session) = mail_server("250 ok\r\n").await;
    let channel = email(at);
    let got = timeout(DEADLINE, channel.deliver(&notice())).await.unwrap();
    assert_eq!(got, Delivery::Delivered);
    drop(channel);
    let told = timeout(DEADLINE, session).await.unwrap().unwrap();
    let has = |line: &str| assert!(told.iter().any(|l| l == line), "{line:?} in {told:#?}");
    has("RCPT TO:<noc@vnta.example>");
    has("Message-ID: <site.mic.1795316340000.raise@tierwatch>");
    has("Date: Sun, 22 Nov 2026 03:00:00 +0000");
    let subject = told.iter().any(|l| l.starts_with("Subject: [tierwatch]"));
    assert!(subject, "{told:#?}");
}

#[tokio::test]
async fn a_busy_mail_server_is_tried_again_and_a_refusal_is_final() {
    let (at, _session) = mail_server("451 try later\r\n").await;
    let got = timeout(DEADLINE, email(at).deliver(&notice()))
        .await
        .unwrap();
    assert!(matches!(got, Delivery::Retry { .. }), "{got:?}");
    let (at, _session) = mail_server("550 no such user\r\n").await;
    let got = timeout(DEADLINE, email(at).deliver(&notice()))
        .await
        .unwrap();
    assert!(matches!(got, Delivery::Failed { .. }), "{got:?}");
}

#[tokio::test]
async fn an_absent_mail_server_is_tried_again() {
    let (listener, at) = listener().await;
    drop(listener);
    let got = timeout(DEADLINE, email(at).deliver(&notice()))
        .await
        .unwrap();
    assert!(matches!(got, Delivery::Retry { .. }), "{got:?}");
}

/// A web server for one request: answers `answer` and gives the request back as head and body.
async fn web_server(answer: &'static str) -> (SocketAddr, JoinHandle<(String, Vec<u8>)>) {
    let (listener, at) = listener().await;
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        let head = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        request
    });
    (at, request)
}

async fn read_request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4_096];
        let count = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let length = head
            .lines()
            .find_map(|l| l.strip_prefix("content-length: "));
        let length: usize = length.unwrap().parse().unwrap();
        if bytes.len() >= end + 4 + length {
            return (head, bytes[end + 4..].to_vec());
        }
    }
}

fn webhook(at: SocketAddr) -> WebhookChannel {
    let settings = WebhookSettings {
        url: format!("http://{at}/hook"),
        secret: Some("shared".to_owned()),
        timeout_seconds: 5,
    };
    WebhookChannel::new(&settings, clock()).unwrap()
}

#[tokio::test]
async fn a_webhook_is_signed_and_carries_the_whole_message() {
    let (at, request) = web_server("204 No Content").await;
    let got = timeout(DEADLINE, webhook(at).deliver(&notice()))
        .await
        .unwrap();
    assert_eq!(got, Delivery::Delivered);
    let (head, body) = timeout(DEADLINE, request).await.unwrap().unwrap();
    let has = |line: String| assert!(head.lines().any(|l| l == line), "{line:?} in {head}");
    has("post /hook http/1.1".to_owned());
    has(format!("x-tierwatch-timestamp: {NOW}"));
    has(format!(
        "x-tierwatch-signature: {}",
        signature("shared", NOW, &body)
    ));
    has(format!("x-tierwatch-id: {}", notice().id));
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(json["message"]["code"], "site_silent");
    assert_eq!(json["title"], notice().title);
}

#[track_caller]
fn check_answer(answer: &'static str, expect: impl Fn(&Delivery) -> bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let got = runtime.block_on(async {
        let (at, _request) = web_server(answer).await;
        timeout(DEADLINE, webhook(at).deliver(&notice()))
            .await
            .unwrap()
    });
    assert!(expect(&got), "{answer}: {got:?}");
}

#[test]
fn an_answer_decides_whether_to_try_again() {
    let retry = |seconds: Option<u32>| move |d: &Delivery| matches!(d, Delivery::Retry { after_seconds, .. } if *after_seconds == seconds);
    let failed = |d: &Delivery| matches!(d, Delivery::Failed { .. });
    check_answer("200 OK", |d| *d == Delivery::Delivered);
    check_answer("503 Busy", retry(None));
    check_answer("429 Slow Down\r\nretry-after: 30", retry(Some(30)));
    check_answer("503 Busy\r\nretry-after: 999999", retry(Some(3_600)));
    check_answer("400 Bad Request", failed);
    check_answer("302 Found\r\nlocation: http://127.0.0.1:1/", failed);
}
