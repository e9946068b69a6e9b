//! Tests of the validation.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::Item;
use serde_json::{Value, json};

/// A small good register, to be spoilt.
fn good() -> Value {
    json!({
        "organisation": {"o": {"name": {"en": "O"}, "timezone": "Asia/Ho_Chi_Minh"}},
        "site": {"s": {"name": {"en": "S"}, "timezone": "Asia/Ho_Chi_Minh",
            "tier_targets": [
                {"standard": "uptime", "level": "II", "downtime_ppm": 2590, "valid_from": "2016-01-01"},
                {"standard": "uptime", "level": "III", "downtime_ppm": 180, "valid_from": "2018-07-01"}],
            "availability": {"any": ["w1", "w2"]},
            "collector": {"id": "s-collector", "canaries": ["w1"]}}},
        "unit": {"u": {"name": {"en": "U"}}, "v": {"name": {"en": "V"}, "parent": "u", "site": "s"}},
        "person": {"p": {"name": "P", "unit": "v"}},
        "building": {"b": {"name": {"en": "B"}, "site": "s"}},
        "room": {"m": {"name": {"en": "M"}, "building": "b"}},
        "rack": {"k": {"name": "K", "room": "m", "u_height": 42}},
        "provider": {"c": {"name": {"en": "C"}}},
        "credential": {"v2": {"snmp": {"version": "2c", "community_env": "X"}}},
        "device": {
            "w1": {"name": "w1", "site": "s", "class": "router", "address": "127.0.0.1:1", "witness": true,
                "credential": "v2", "rack": {"id": "k", "u": 1, "height_u": 2}, "interfaces": [{"name": "e1"}]},
            "w2": {"name": "w2", "site": "s", "class": "router", "address": "127.0.0.1:2", "witness": true,
                "rack": {"id": "k", "u": 3}, "interfaces": [{"name": "e1"}], "fed_by": ["w1"]}},
        "circuit": {"x": {"a": {"device": "w1", "interface": "e1"}, "z": {"device": "w2", "interface": "e1"},
            "commit_bps": 1000, "provider": "c",
            "probe": {"kind": "stamp", "interval_ms": 100, "a": "127.0.0.1:3", "z": "127.0.0.1:4"}}},
        "service": {"e": {"name": {"en": "E"}, "kind": "email"},
            "f": {"name": {"en": "F"}, "kind": "public_service", "level": 3, "depends": ["e"], "runs_on": ["w1"]}},
        "facility_node": {
            "g": {"site": "s", "name": {"en": "G"}, "kind": "generator", "valid_from": "2016-01-01"},
            "b1": {"node": "b", "site": "s", "name": {"en": "B"}, "kind": "switchboard", "inputs": [{"from": "g"}],
                "valid_from": "2016-01-01", "valid_to": "2018-06-30"},
            "b2": {"node": "b", "site": "s", "name": {"en": "B"}, "kind": "switchboard", "need": "1",
                "inputs": [{"from": "g"}, {"from": "t", "transfer": "manual"}], "valid_from": "2018-07-01",
                "signal": {"device": "w1", "sensor": "x", "out_when": ["< 100", "false"]}},
            "t": {"site": "s", "name": {"en": "T"}, "kind": "switchboard", "inputs": [{"from": "b"}], "device": "w1",
                "rack": "k", "asset": "t1", "provider": "c", "valid_from": "2018-07-01"},
            "l": {"site": "s", "name": {"en": "L"}, "kind": "load", "need": "all", "inputs": [{"from": "b"}], "valid_from": "2016-01-01"}},
        "asset": {
            "t1": {"class": "desktop", "status": "deployed", "manufacturer": "A", "serial": "1", "custodian": "p", "primary": true},
            "t2": {"class": "router", "status": "deployed", "manufacturer": "A", "serial": "2", "device": "w1",
                "place": {"site": "s", "room": "m"}, "unit": "u", "dates": {"manufactured": {"date": "2019"}, "received": {"date": "2019-03"}}}}
    })
}

fn register(tree: &Value) -> Register {
    let items = tree
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(kind, entities)| {
            let kind: Kind = serde_json::from_value(json!(kind)).unwrap();
            entities
                .as_object()
                .unwrap()
                .iter()
                .map(move |(id, value)| {
                    let mut value = value.clone();
                    value[if kind == Kind::Asset { "tag" } else { "id" }] = json!(id);
                    Item {
                        kind,
                        id: id.clone(),
                        value,
                    }
                })
        });
    Register::from_items(items).unwrap()
}

/// Spoils one value of the good register and compares what is found.
#[track_caller]
fn check(pointer: &str, value: Value, expect: &[&str]) {
    let mut tree = good();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = tree
        .pointer_mut(parent)
        .expect("the pointer leads somewhere");
    match key.parse::<usize>() {
        Ok(index) => parent[index] = value,
        Err(_) => parent[key] = value,
    }
    let found: Vec<String> = validate(&register(&tree))
        .iter()
        .map(|f| {
            format!(
                "{} {} {}: {}; {}",
                f.kind, f.id, f.key, f.message, f.allowed
            )
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_good_register_has_no_findings() {
    assert_eq!(validate(&register(&good())), []);
}

#[test]
fn a_reference_must_lead_somewhere() {
    check(
        "/device/w1/credential",
        json!("v3"),
        &["device w1 credential: there is no credential \"v3\"; v2 (did you mean v2?)"],
    );
    check(
        "/circuit/x/a/device",
        json!("w3"),
        &["circuit x a.device: there is no device \"w3\"; w1, w2 (did you mean w1?)"],
    );
    check(
        "/circuit/x/z/interface",
        json!("e2"),
        &["circuit x z.interface: device w2 declares no interface \"e2\"; e1 (did you mean e1?)"],
    );
    check(
        "/person/p/unit",
        json!("nowhere"),
        &["person p unit: there is no unit \"nowhere\"; u, v"],
    );
    check(
        "/asset/t1/custodian",
        json!("q"),
        &["asset t1 custodian: there is no person \"q\"; p (did you mean p?)"],
    );
    check(
        "/device/w2/fed_by/0",
        json!("ups"),
        &["device w2 fed_by.0: there is no device \"ups\"; w1, w2"],
    );
    check(
        "/device/w2/reached_via",
        json!(["w2"]),
        &[
            "device w2 reached_via.0: device w2 is not on a way inside of the site; another device of the same site",
        ],
    );
    check(
        "/site/s/collector/observers",
        json!(["s-second", "s-collector"]),
        &[
            "site s collector.observers.1: collector s-collector already serves site s; a collector of its own",
        ],
    );
}

#[test]
fn two_devices_cannot_share_units_of_a_rack() {
    check(
        "/device/w2/rack/u",
        json!(2),
        &["device w2 rack.u: units 2 to 2 of rack k are taken \
        by w1 (units 1 to 2); u that are free on both faces: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"],
    );
    check(
        "/device/w2/rack",
        json!({"id": "k", "u": 42, "height_u": 2}),
        &[
            "device w2 rack.u: units 42 to 43 are not in rack k, which has 42; 1 to 41 for a height of 2",
        ],
    );
    check(
        "/device/w2/rack/u",
        json!(0),
        &[
            "device w2 rack.u: units 0 to 0 are not in rack k, which has 42; 1 to 42 for a height of 1",
        ],
    );
}

#[test]
fn half_depth_devices_may_stand_back_to_back() {
    let mut tree = good();
    tree["device"]["w1"]["rack"] = json!({"id": "k", "u": 1, "full_depth": false});
    tree["device"]["w2"]["rack"] = json!({"id": "k", "u": 1, "full_depth": false, "face": "rear"});
    assert_eq!(validate(&register(&tree)), []);
}

#[test]
fn addresses_and_serials_are_unique() {
    check(
        "/device/w2/address",
        json!("127.0.0.1:1"),
        &["device w2 address: 127.0.0.1:1 is also \
        the address of w1; an address and port that no other device has"],
    );
    check(
        "/asset/t2/serial",
        json!("1"),
        &["asset t2 serial: asset t1 has the same maker and \
        serial number; a serial number that no asset of the maker has"],
    );
}

#[test]
fn a_device_and_its_asset_name_each_other() {
    check(
        "/device/w1/asset",
        json!("t1"),
        &[
            "asset t2 device: device w1 says of itself that it is asset t1; the device whose asset is t2",
        ],
    );
    check("/device/w1/asset", json!("t2"), &[]);
}

#[test]
fn an_availability_structure_stands_on_the_sites_witnesses() {
    check(
        "/site/s/availability",
        json!({"at_least": 3, "of": ["w1", "w2"]}),
        &["site s availability.at_least: 3 of 2 cannot be asked; 1 to 2"],
    );
    check(
        "/site/s/availability",
        json!({"all": []}),
        &["site s availability: the list is empty; at least one device"],
    );
    check(
        "/site/s/availability",
        json!({"all": ["w1", "w1"]}),
        &["site s availability: device w1 \
        is named twice; load witnesses of the site, each once: w1, w2 (did you mean w1?)"],
    );
    check(
        "/device/w2/witness",
        json!(false),
        &["site s availability: device w2 is no load \
        witness; load witnesses of the site, each once: w1 (did you mean w1?)"],
    );
}

#[test]
fn circles_are_found() {
    check(
        "/unit/u/parent",
        json!("v"),
        &[
            "unit u parent: unit u stands above itself; a unit that is not below this one",
            "unit v parent: unit v stands above itself; a unit that is not below this one",
        ],
    );
    check(
        "/service/e/depends",
        json!(["f"]),
        &[
            "service e depends: service e needs itself in the end; services that do not need this one",
            "service f depends: service f needs itself in the end; services that do not need this one",
        ],
    );
}

#[test]
fn times_are_in_order_and_in_known_zones() {
    check(
        "/site/s/timezone",
        json!("Asia/Hanoi"),
        &["site s timezone: there is no time zone \
        \"Asia/Hanoi\"; an IANA name, as Asia/Ho_Chi_Minh or UTC"],
    );
    check(
        "/site/s/tier_targets/1/valid_from",
        json!("2015-01-01"),
        &[
            "site s tier_targets.1.valid_from: 2015-01-01 is not after 2016-01-01 of the target \
        before; a day after 2016-01-01, since targets stand oldest first",
        ],
    );
    check(
        "/asset/t2/dates/received/date",
        json!("2018-Q4"),
        &["asset t2 dates.received: received \
        2018-Q4 is before manufactured 2019; a date not before 2019"],
    );
}

#[test]
fn numbers_stay_in_their_ranges() {
    check(
        "/device/w1/poll_seconds",
        json!(0),
        &["device w1 poll_seconds: 0 is out of range; 1 to 86400"],
    );
    check(
        "/service/f/level",
        json!(5),
        &["service f level: 5 is out of range; 1 to 4"],
    );
    check(
        "/rack/k/u_height",
        json!(61),
        &["rack k u_height: 61 is out of range; 1 to 60"],
    );
    check(
        "/circuit/x/commit_bps",
        json!(0),
        &["circuit x commit_bps: 0 bits a second is no circuit; 1 or more"],
    );
}

#[test]
fn a_credential_names_each_secret_once() {
    let place = "one of community_env, community_file and community_credential";
    check(
        "/credential/v2/snmp",
        json!({"version": "2c"}),
        &[&format!(
            "credential v2 snmp: nothing says where the community lies; {place}"
        )],
    );
    check(
        "/credential/v2/snmp",
        json!({"version": "1", "community_env": "A", "community_file": "/b"}),
        &[&format!(
            "credential v2 snmp: more than one place is named for the community; {place}"
        )],
    );
    check(
        "/credential/v2/snmp",
        json!({"version": "3", "user": "u", "auth": "sha256", "auth_pass_env": "A"}),
        &[],
    );
    check(
        "/credential/v2/snmp",
        json!({"version": "3", "user": "u", "priv": "aes128", "priv_pass_env": "A"}),
        &[
            "credential v2 snmp.priv: encryption without authentication; auth beside priv (RFC 3414)",
        ],
    );
    check(
        "/credential/v2/snmp",
        json!({"version": "3", "stored": true, "auth": "md5"}),
        &[],
    );
}

#[test]
fn texts_are_printable() {
    let allowed = "1 to 300 printable characters";
    check(
        "/device/w1/name",
        json!("a\u{1b}[31m"),
        &[&format!(
            "device w1 name: the text has control characters; {allowed}"
        )],
    );
    check(
        "/unit/u/name/en",
        json!(" "),
        &[&format!("unit u name.en: the text is empty; {allowed}")],
    );
    check(
        "/person/p/email",
        json!("p at example"),
        &["person p email: \"p at example\" is no e-mail address; name@example.org"],
    );
}

#[test]
fn a_chain_is_whole_on_every_day() {
    check(
        "/facility_node/b1/valid_to",
        json!("2018-05-31"),
        &[
            "facility_node l inputs.0.from: on 2018-06-01 the chain has no node \"b\"; g, l (did you mean g?)",
        ],
    );
    check(
        "/facility_node/b1/valid_to",
        json!("2018-07-01"),
        &[
            "facility_node b2 valid_from: b is also described by b1 from 2016-01-01 to 2018-07-01; a \
             first day after the last day of b1",
        ],
    );
    check(
        "/facility_node/l/inputs/0/from",
        json!("bb"),
        &[
            "facility_node l inputs.0.from: on 2016-01-01 the chain has no node \"bb\"; b, g, l (did you mean b?)",
        ],
    );
    check(
        "/facility_node/b2/valid_to",
        json!("2018-01-01"),
        &[
            "facility_node b2 valid_to: 2018-01-01 is before 2018-07-01; 2018-07-01 or later, or no \
             last day",
            "facility_node l inputs.0.from: on 2018-07-01 the chain has no node \"b\"; g, l, t (did you mean g?)",
            "facility_node t inputs.0.from: on 2018-07-01 the chain has no node \"b\"; g, l, t (did you mean g?)",
        ],
    );
}

#[test]
fn a_node_of_the_chain_refers_to_what_is_there() {
    check(
        "/facility_node/t/device",
        json!("w9"),
        &["facility_node t device: there is no device \"w9\"; w1, w2 (did you mean w1?)"],
    );
    check(
        "/facility_node/b2/need",
        json!("3"),
        &["facility_node b2 need: 3 of 2 inputs cannot be asked; any, all or 1 to 2"],
    );
    check(
        "/facility_node/t/inputs",
        json!([]),
        &[
            "facility_node t inputs: nothing feeds this node and it is no source; inputs, or source: \
             gen, utility, stored or carrier",
        ],
    );
    check(
        "/facility_node/b2/signal/out_when/0",
        json!("< low"),
        &[
            "facility_node b2 signal.out_when.0: \"< low\" is no test; a word of the sensor, < NUMBER \
             or > NUMBER",
        ],
    );
    let trap = json!({"device": "w1", "begins": ["1.3.6.1.2.1.33.2.1"], "means": "on_battery",
        "holds_seconds": 180});
    check("/facility_node/b2/trap", trap, &[]);
    check(
        "/facility_node/b2/trap",
        json!({"begins": ["battery"], "means": "out"}),
        &[
            "facility_node b2 trap.begins: nothing says which device sends these traps; a device in \
             the trap or in the node",
            "facility_node b2 trap.begins.0: \"battery\" is no identifier; an snmpTrapOID as \
             1.3.6.1.2.1.33.2.1",
            "facility_node b2 trap.ends: nothing ends it; one snmpTrapOID or more, or holds_seconds",
        ],
    );
}

#[test]
fn a_serial_number_is_one_of_its_maker_and_no_placeholder() {
    check(
        "/asset/t2/serial",
        json!("Default string"),
        &[
            "asset t2 serial: \"Default string\" is a placeholder, not a serial number; the number \
           on the type plate, or none with the reason in no_serial",
        ],
    );
    // Capitals make no other number, and what is disposed of gives its number back.
    check(
        "/asset/t3",
        json!({"class": "desktop", "status": "in_stock", "manufacturer": "a", "serial": "1"}),
        &[
            "asset t3 serial: asset t1 has the same maker and serial number; a serial number that \
           no asset of the maker has",
        ],
    );
    check(
        "/asset/t3",
        json!({"class": "desktop", "status": "disposed", "manufacturer": "A", "serial": "1"}),
        &[],
    );
}

#[test]
fn an_asset_in_a_rack_takes_units_that_are_free() {
    check(
        "/asset/t3",
        json!({"class": "server", "status": "deployed", "rack": {"id": "k", "u": 2, "height_u": 2}}),
        &[
            "asset t3 rack.u: units 2 to 3 of rack k are taken by w1 (units 1 to 2); units that are free",
        ],
    );
    check(
        "/asset/t3",
        json!({"class": "server", "status": "deployed", "rack": {"id": "k", "u": 42, "height_u": 2}}),
        &["asset t3 rack.u: units 42 to 43 are not in rack k, which has 42; 1 to 42"],
    );
    check(
        "/asset/t3",
        json!({"class": "server", "status": "deployed", "rack": {"id": "k", "u": 10}}),
        &[],
    );
}

#[test]
fn nobody_approves_their_own_waiver() {
    let waiver = |fields: Value| {
        let mut waiver = json!({"assets": ["t1"], "granted_on": "2026-01-01",
            "expires_on": "2026-12-31", "requester": "p"});
        for (key, value) in fields.as_object().unwrap() {
            waiver[key] = value.clone();
        }
        json!({"w": waiver})
    };
    check("/waiver", waiver(json!({})), &[]);
    check(
        "/waiver",
        waiver(json!({"approver": "p"})),
        &[
            "waiver w approver: the approver must be another person than the requester; another person",
        ],
    );
    check(
        "/waiver",
        waiver(json!({"assets": ["t9"], "expires_on": "2025-01-01"})),
        &[
            "waiver w assets.0: there is no asset \"t9\"; t1, t2 (did you mean t1?)",
            "waiver w expires_on: it ends on 2025-01-01, before it begins; 2026-01-01 or later",
        ],
    );
}

#[test]
fn a_model_has_one_part_number_and_its_ends_follow_its_release() {
    let mut tree = good();
    tree["manufacturer"] =
        json!({"a": {"name": {"en": "A"}}, "b": {"name": {"en": "B"}, "aliases": ["a"]}});
    tree["model"] = json!({
        "m1": {"manufacturer": "a", "part_number": "X1", "class": "server"},
        "m2": {"manufacturer": "a", "part_number": "x1", "class": "server", "released": "2020",
            "end_of_support": "2019", "typical_watts": 9, "max_watts": 8}});
    let found: Vec<String> = validate(&register(&tree))
        .iter()
        .map(|f| format!("{} {} {} {}", f.kind, f.id, f.key, f.code))
        .collect();
    assert_eq!(
        found,
        [
            "manufacturer b name duplicate_name",
            "model m2 end_of_support bad_order",
            "model m2 part_number duplicate_name",
            "model m2 typical_watts contradiction",
        ]
    );
}

#[test]
fn a_room_and_a_rack_stand_at_the_assets_own_site() {
    let mut tree = good();
    tree["site"]["s2"] = json!({"name": {"en": "S2"}, "timezone": "Asia/Ho_Chi_Minh"});
    tree["building"]["b2"] = json!({"name": {"en": "B2"}, "site": "s2"});
    tree["room"]["m2"] = json!({"name": {"en": "M2"}, "building": "b2"});
    tree["rack"]["k2"] = json!({"name": "K2", "room": "m2", "u_height": 42});
    let found = |asset: Value| {
        let mut tree = tree.clone();
        tree["asset"]["t1"]["place"] = asset["place"].clone();
        tree["asset"]["t1"]["rack"] = asset["rack"].clone();
        let all = validate(&register(&tree));
        let told = all
            .iter()
            .map(|f| format!("{}: {}; {}", f.key, f.message, f.allowed));
        told.collect::<Vec<_>>()
    };
    let here = json!({"place": {"site": "s2", "room": "m2"}, "rack": {"id": "k2", "u": 1}});
    assert_eq!(found(here), [""; 0]);
    let room = json!({"place": {"site": "s", "room": "m2"}, "rack": null});
    let told = "place.room: room m2 is at site s2, the asset at s; a room of the asset's site";
    assert_eq!(found(room), [told]);
    let rack = json!({"place": {"site": "s"}, "rack": {"id": "k2", "u": 1}});
    let told =
        "rack.id: rack k2 is at site s2, the asset at s; a rack of the asset's site, or none";
    assert_eq!(found(rack), [told]);
}

#[test]
fn a_tls_endpoint_is_named_once_and_its_service_is_there() {
    let endpoint = |name: &str| json!({"address": "127.0.0.1:443", "name": name});
    check("/device/w1/tls", json!([endpoint("a.example")]), &[]);
    check(
        "/device/w1/tls",
        json!([endpoint("a.example"), endpoint("b c"),
            {"address": "[::1]:443", "service": "g"}]),
        &[
            "device w1 tls.1.address: 127.0.0.1:443 is named twice; each endpoint once",
            "device w1 tls.1.name: \"b c\" is no host name; a name as portal.example.vn, or an address",
            "device w1 tls.2.service: there is no service \"g\"; e, f (did you mean e?)",
        ],
    );
}
