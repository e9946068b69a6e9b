//! Our STAMP packets against the simulated reflectors.
//!
//! **Room:** layer 3; tests.

use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::UdpSocket;
use tw_sim::{hash::Seed, link::Quality, reflector::Reflector};
use tw_units::{Timestamp, WallClock};
use tw_wan::{ErrorEstimate, NtpTime, ReflectorPacket, SenderPacket};

#[tokio::test]
async fn a_probe_of_ours_comes_back_with_its_fields_and_the_simulated_one_way_delay() {
    let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
    let delay = Duration::from_millis(3);
    let link = Quality {
        delay,
        ..Quality::PERFECT
    };
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    let clock = WallClock::fixed(now);
    let reflector = Reflector::spawn(bind, Arc::new(move |_| link), Seed::new(1), clock);
    let reflector = reflector.await.unwrap();
    let socket = UdpSocket::bind(bind).await.unwrap();
    let sent_at = NtpTime::from_unix_nanos(i128::from(now.as_millis()) * 1_000_000);
    let sent = SenderPacket {
        sequence: 41,
        sent_at,
        error: ErrorEstimate::UNKNOWN,
    };
    socket
        .send_to(&sent.encode(), reflector.address())
        .await
        .unwrap();
    let mut octets = [0; 100];
    let got = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut octets)).await;
    let answer = ReflectorPacket::decode(&octets[..got.unwrap().unwrap()]).unwrap();
    assert_eq!((answer.sequence, answer.sender), (41, sent));
    let one_way = answer.received_at.nanos_since(sent_at);
    assert!((2_999_000..=3_001_000).contains(&one_way), "{one_way}");
    // The reflector keeps the packet for no time, so the round trip is what the sender waited.
    let back = NtpTime::from_unix_nanos(i128::from(now.as_millis() + 10) * 1_000_000);
    let rtt = answer.rtt_nanos(back);
    assert!((9_999_000..=10_001_000).contains(&rtt), "{rtt}");
}
