//! The route of the IPv6 report.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`. **Must not:** count what is not
//! known as ready.

use crate::{
    finding::actions::sees_device,
    http::{
        call::{Call, Outcome},
        csv,
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{CsvOr, Ipv6Address, Ipv6Counts, Ipv6Readiness, Ipv6Report, Ipv6Row, endpoints as e};
use tw_lifecycle::ipv6::{
    self, Ipv6Basis, Ipv6Line, Ipv6Scope, Ipv6Subject, SeenAddress, count_ipv6, ipv6_of_register,
    ipv6_scope,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::Ipv6ReportGet, _, _>(report)]
}

async fn report(call: Call<e::Ipv6ReportGet>) -> Outcome<CsvOr<Ipv6Report>> {
    let world = call.app.world();
    let query = &call.query;
    if let Some(kind) = query
        .kind
        .as_ref()
        .filter(|kind| !KINDS.contains(&kind.as_str()))
    {
        let what = format!("kind is device or service, not {kind}");
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "kind"));
    }
    let seen = super::seen(&world, &call.app.live);
    let mut lines = ipv6_of_register(&world.register, &seen);
    lines.retain(|line| {
        let device = world.register.devices.get(line.id);
        let seen = match (line.subject, device) {
            (Ipv6Subject::Device, Some(device)) => sees_device(&world, &call.caller, device),
            _ => call.caller.sees(&world.register, line.site, line.unit),
        };
        let site = line.site.map(tw_units::SiteId::as_str);
        let wanted = query.site.as_deref();
        seen && wanted.is_none_or(|wanted| site == Some(wanted))
            && query
                .kind
                .as_ref()
                .is_none_or(|kind| kind == word_of(line.subject))
            && query
                .readiness
                .is_none_or(|wanted| readiness(line.readiness) == wanted)
    });
    let rows: Vec<Ipv6Row> = lines.iter().map(row).collect();
    match query.format.as_deref() {
        None => Ok(CsvOr::Json(Ipv6Report {
            devices: counts(&lines, Ipv6Subject::Device),
            services: counts(&lines, Ipv6Subject::Service),
            total: rows.len() as u64,
            rows,
        })
        .into()),
        Some("csv") => {
            let columns = query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&rows, &COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn counts(lines: &[Ipv6Line<'_>], subject: Ipv6Subject) -> Ipv6Counts {
    let of = lines.iter().filter(|line| line.subject == subject);
    let count = count_ipv6(of.map(|line| line.readiness));
    Ipv6Counts {
        ready: count.ready as u64,
        partly: count.partly as u64,
        not: count.not as u64,
        unknown: count.unknown as u64,
        total: count.total as u64,
    }
}

fn row(line: &Ipv6Line<'_>) -> Ipv6Row {
    let parts = line.parts.iter();
    Ipv6Row {
        kind: word_of(line.subject).to_owned(),
        id: line.id.to_owned(),
        site: line.site.map(ToString::to_string),
        readiness: readiness(line.readiness),
        basis: match line.basis {
            Ipv6Basis::Network => "network",
            Ipv6Basis::Register => "register",
            Ipv6Basis::None => "none",
        }
        .to_owned(),
        declared: readiness(line.declared),
        seen: line.seen.iter().map(address).collect(),
        addresses: line.addresses.iter().map(ToString::to_string).collect(),
        complete: line.complete,
        parts: parts
            .map(|(id, part)| format!("{id}: {}", word(readiness(*part))))
            .collect(),
    }
}

fn address(seen: &SeenAddress) -> Ipv6Address {
    let scope = ipv6_scope(seen.address).map(|scope| match scope {
        Ipv6Scope::Global => "global",
        Ipv6Scope::UniqueLocal => "unique_local",
        Ipv6Scope::LinkLocal => "link_local",
        Ipv6Scope::None => "none",
    });
    Ipv6Address {
        address: seen.address.to_string(),
        scope: scope.map(str::to_owned),
        interface: seen.interface.clone(),
    }
}

const KINDS: [&str; 2] = ["device", "service"];

const fn word_of(subject: Ipv6Subject) -> &'static str {
    match subject {
        Ipv6Subject::Device => "device",
        Ipv6Subject::Service => "service",
    }
}

const fn readiness(readiness: ipv6::Ipv6Readiness) -> Ipv6Readiness {
    match readiness {
        ipv6::Ipv6Readiness::Ready => Ipv6Readiness::Ready,
        ipv6::Ipv6Readiness::Partly => Ipv6Readiness::Partly,
        ipv6::Ipv6Readiness::Not => Ipv6Readiness::Not,
        ipv6::Ipv6Readiness::Unknown => Ipv6Readiness::Unknown,
    }
}

const fn word(readiness: Ipv6Readiness) -> &'static str {
    match readiness {
        Ipv6Readiness::Ready => "ready",
        Ipv6Readiness::Partly => "partly",
        Ipv6Readiness::Not => "not",
        Ipv6Readiness::Unknown => "unknown",
    }
}

/// The columns of the CSV file.
const COLUMNS: [csv::Column<Ipv6Row>; 10] = [
    ("kind", |row| row.kind.clone()),
    ("id", |row| row.id.clone()),
    ("site", |row| row.site.clone().unwrap_or_default()),
    ("readiness", |row| word(row.readiness).to_owned()),
    ("basis", |row| row.basis.clone()),
    ("declared", |row| word(row.declared).to_owned()),
    ("seen", |row| {
        let told = row.seen.iter().map(|one| {
            let about = [&one.scope, &one.interface].into_iter().flatten();
            let about: Vec<&str> = about.map(String::as_str).collect();
            format!("{} ({})", one.address, about.join(", "))
        });
        told.collect::<Vec<_>>().join("; ")
    }),
    ("addresses", |row| row.addresses.join(" ")),
    ("complete", |row| row.complete.to_string()),
    ("parts", |row| row.parts.join("; ")),
];
