//! Links, addresses, routes and neighbours, through netlink (RFC 3549).
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** change anything of the machine.

use super::sample::Sample;
use futures_util::{Stream, StreamExt, TryStreamExt};
use netlink_packet_route::{
    RouteNetlinkMessage,
    address::AddressAttribute,
    link::{LinkAttribute, LinkMessage, State, Stats64},
    neighbour::{NeighbourAddress, NeighbourAttribute},
    route::{RouteAddress, RouteAttribute, RouteMessage},
};
use rtnetlink::{Handle, MulticastGroup, RouteMessageBuilder, new_multicast_connection};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    fs, io,
    net::{Ipv4Addr, Ipv6Addr},
};
use tokio::sync::mpsc;
use tw_ingest::{ValueKind, round::Value};

/// The most rows of one table in the facts; a border router's full table stays out.
const ROWS_MAX: usize = 1_024;

/// A link that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkEvent {
    /// Its name.
    pub(super) name: String,
    /// Whether it is up now.
    pub(super) up: bool,
}

/// An open netlink socket. Its task ends with it.
pub(super) struct Netlink {
    handle: Handle,
}

impl Netlink {
    /// Opens the socket and starts to listen for links that change.
    pub(super) fn open(events: mpsc::Sender<LinkEvent>) -> io::Result<Self> {
        let (connection, handle, messages) = new_multicast_connection(&[MulticastGroup::Link])?;
        tokio::spawn(connection);
        tokio::spawn(listen(messages, events));
        Ok(Self { handle })
    }

    /// The values of every link, as node_exporter names them.
    pub(super) async fn samples(&self) -> Vec<Sample> {
        let links: Result<Vec<LinkMessage>, _> =
            self.handle.link().get().execute().try_collect().await;
        match links {
            Ok(links) => links.iter().flat_map(link_samples).collect(),
            Err(cause) => {
                tracing::warn!(%cause, "links cannot be read");
                Vec::new()
            }
        }
    }

    /// Links, addresses, routes and neighbours, for the page of the machine.
    pub(super) async fn facts(&self) -> Map<String, Json> {
        let mut names = BTreeMap::new();
        let mut links = Vec::new();
        let mut found = self.handle.link().get().execute();
        while let Ok(Some(link)) = found.try_next().await {
            names.insert(link.header.index, name_of(&link).unwrap_or_default());
            links.push(link_fact(&link));
        }
        let mut facts = Map::new();
        facts.insert("links".into(), bounded(links));
        facts.insert("addresses".into(), self.addresses(&names).await);
        facts.insert("routes".into(), self.routes(&names).await);
        facts.insert("neighbours".into(), self.neighbours(&names).await);
        facts
    }

    async fn addresses(&self, names: &BTreeMap<u32, String>) -> Json {
        let mut rows = Vec::new();
        let mut found = self.handle.address().get().execute();
        while let Ok(Some(row)) = found.try_next().await {
            let address = row.attributes.iter().find_map(|attribute| match attribute {
                AddressAttribute::Local(address) => Some(*address),
                _ => None,
            });
            let address = address.or_else(|| {
                row.attributes.iter().find_map(|attribute| match attribute {
                    AddressAttribute::Address(address) => Some(*address),
                    _ => None,
                })
            });
            rows.extend(address.map(|address| {
                json!({
                    "link": names.get(&row.header.index),
                    "address": format!("{address}/{}", row.header.prefix_len),
                })
            }));
        }
        bounded(rows)
    }

    async fn routes(&self, names: &BTreeMap<u32, String>) -> Json {
        let mut rows = Vec::new();
        let v4 = RouteMessageBuilder::<Ipv4Addr>::new().build();
        let v6 = RouteMessageBuilder::<Ipv6Addr>::new().build();
        for ask in [v4, v6] {
            let mut found = self.handle.route().get(ask).execute();
            while let Ok(Some(route)) = found.try_next().await {
                if rows.len() < ROWS_MAX {
                    rows.push(route_fact(&route, names));
                }
            }
        }
        bounded(rows)
    }

    async fn neighbours(&self, names: &BTreeMap<u32, String>) -> Json {
        let mut rows = Vec::new();
        let mut found = self.handle.neighbours().get().execute();
        while let Ok(Some(row)) = found.try_next().await {
            let address = row.attributes.iter().find_map(|attribute| match attribute {
                NeighbourAttribute::Destination(NeighbourAddress::Inet(a)) => Some(a.to_string()),
                NeighbourAttribute::Destination(NeighbourAddress::Inet6(a)) => Some(a.to_string()),
                _ => None,
            });
            let mac = row.attributes.iter().find_map(|attribute| match attribute {
                NeighbourAttribute::LinkLayerAddress(bytes) => Some(mac_text(bytes)),
                _ => None,
            });
            if let (Some(address), Some(mac)) = (address, mac) {
                let link = names.get(&row.header.ifindex);
                rows.push(json!({"link": link, "address": address, "mac": mac}));
            }
        }
        bounded(rows)
    }
}

/// Tells of links whose state changed. A burst that overflows the queue loses events, not the
/// state: the next reading shows it.
async fn listen<A>(
    mut messages: impl Stream<
        Item = (
            rtnetlink::packet_core::NetlinkMessage<RouteNetlinkMessage>,
            A,
        ),
    > + Unpin,
    events: mpsc::Sender<LinkEvent>,
) {
    use rtnetlink::packet_core::NetlinkPayload::InnerMessage;
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    while let Some((message, _)) = messages.next().await {
        let (link, gone) = match message.payload {
            InnerMessage(RouteNetlinkMessage::NewLink(link)) => (link, false),
            InnerMessage(RouteNetlinkMessage::DelLink(link)) => (link, true),
            _ => continue,
        };
        let Some(name) = name_of(&link) else { continue };
        let up = !gone && operates(&link);
        if known.insert(name.clone(), up) != Some(up)
            && events.try_send(LinkEvent { name, up }).is_err()
        {
            tracing::debug!("a link event found the queue full");
        }
    }
}

fn name_of(link: &LinkMessage) -> Option<String> {
    link.attributes
        .iter()
        .find_map(|attribute| match attribute {
            LinkAttribute::IfName(name) => Some(name.clone()),
            _ => None,
        })
}

fn operates(link: &LinkMessage) -> bool {
    link.attributes
        .iter()
        .any(|a| matches!(a, LinkAttribute::OperState(State::Up)))
}

fn link_samples(link: &LinkMessage) -> Vec<Sample> {
    let Some(name) = name_of(link) else {
        return Vec::new();
    };
    let mut values: Vec<(&str, ValueKind, i128)> =
        vec![("node_network_up", ValueKind::State, operates(link).into())];
    for attribute in &link.attributes {
        match attribute {
            LinkAttribute::Stats64(stats) => values.extend(counters(stats)),
            LinkAttribute::Mtu(mtu) => {
                values.push(("node_network_mtu_bytes", ValueKind::Gauge, (*mtu).into()));
            }
            LinkAttribute::Carrier(up) => {
                values.push(("node_network_carrier", ValueKind::State, (*up).into()));
            }
            LinkAttribute::CarrierDownCount(n) => {
                let metric = "node_network_carrier_down_changes_total";
                values.push((metric, ValueKind::Counter, (*n).into()));
            }
            LinkAttribute::CarrierUpCount(n) => {
                let metric = "node_network_carrier_up_changes_total";
                values.push((metric, ValueKind::Counter, (*n).into()));
            }
            _ => {}
        }
    }
    if let Some(speed) = speed_bytes(&name) {
        values.push(("node_network_speed_bytes", ValueKind::Gauge, speed));
    }
    values
        .into_iter()
        .map(|(metric, kind, value)| Sample {
            key: format!("if:{name}"),
            labels: vec![("device".into(), name.clone())],
            metric: metric.into(),
            kind,
            value: Value::Whole(value),
        })
        .collect()
}

/// The kernel's 64-bit counters; the sums are those of `/proc/net/dev`.
fn counters(s: &Stats64) -> [(&'static str, ValueKind, i128); 14] {
    let sum = |parts: &[u64]| parts.iter().map(|n| i128::from(*n)).sum();
    let frame = [
        s.rx_length_errors,
        s.rx_over_errors,
        s.rx_crc_errors,
        s.rx_frame_errors,
    ];
    let carrier = [
        s.tx_carrier_errors,
        s.tx_aborted_errors,
        s.tx_heartbeat_errors,
        s.tx_window_errors,
    ];
    [
        ("node_network_receive_bytes_total", sum(&[s.rx_bytes])),
        ("node_network_receive_packets_total", sum(&[s.rx_packets])),
        ("node_network_receive_errs_total", sum(&[s.rx_errors])),
        (
            "node_network_receive_drop_total",
            sum(&[s.rx_dropped, s.rx_missed_errors]),
        ),
        ("node_network_receive_fifo_total", sum(&[s.rx_fifo_errors])),
        ("node_network_receive_frame_total", sum(&frame)),
        ("node_network_receive_multicast_total", sum(&[s.multicast])),
        ("node_network_transmit_bytes_total", sum(&[s.tx_bytes])),
        ("node_network_transmit_packets_total", sum(&[s.tx_packets])),
        ("node_network_transmit_errs_total", sum(&[s.tx_errors])),
        ("node_network_transmit_drop_total", sum(&[s.tx_dropped])),
        ("node_network_transmit_fifo_total", sum(&[s.tx_fifo_errors])),
        ("node_network_transmit_colls_total", sum(&[s.collisions])),
        ("node_network_transmit_carrier_total", sum(&carrier)),
    ]
    .map(|(metric, value)| (metric, ValueKind::Counter, value))
}

/// Megabits a second in `/sys`; absent or −1 where a link has none.
fn speed_bytes(name: &str) -> Option<i128> {
    let text = fs::read_to_string(format!("/sys/class/net/{name}/speed")).ok()?;
    let megabits: i128 = text.trim().parse().ok()?;
    (megabits > 0).then_some(megabits * 1_000_000 / 8)
}

fn link_fact(link: &LinkMessage) -> Json {
    let mac = link
        .attributes
        .iter()
        .find_map(|attribute| match attribute {
            LinkAttribute::Address(bytes) => Some(mac_text(bytes)),
            _ => None,
        });
    json!({
        "index": link.header.index,
        "name": name_of(link),
        "mac": mac,
        "up": operates(link),
    })
}

fn route_fact(route: &RouteMessage, names: &BTreeMap<u32, String>) -> Json {
    let text = |address: &RouteAddress| match address {
        RouteAddress::Inet(a) => Some(a.to_string()),
        RouteAddress::Inet6(a) => Some(a.to_string()),
        _ => None,
    };
    let (mut destination, mut gateway, mut link) = (None, None, None);
    for attribute in &route.attributes {
        match attribute {
            RouteAttribute::Destination(a) => destination = text(a),
            RouteAttribute::Gateway(a) => gateway = text(a),
            RouteAttribute::Oif(index) => link = names.get(index),
            _ => {}
        }
    }
    let length = route.header.destination_prefix_length;
    let destination = destination.map_or("default".into(), |a| format!("{a}/{length}"));
    json!({"destination": destination, "gateway": gateway, "link": link})
}

fn mac_text(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(":")
}

fn bounded(mut rows: Vec<Json>) -> Json {
    rows.truncate(ROWS_MAX);
    rows.into()
}
