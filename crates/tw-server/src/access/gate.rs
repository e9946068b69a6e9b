//! The gate before every handler: who is it, may they, is it in their scope.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`. **Must not:** let anything pass
//! that no rule lets pass.

use crate::{
    access::{
        accounts,
        caller::{Caller, Who},
        secret,
    },
    app::App,
    discrepancy,
    http::{
        call::{Facts, header_text},
        refusal::Refusal,
    },
    stocktake,
};
use axum::http::{HeaderMap, HeaderName, header, request::Parts};
use tw_api::{Info, Permission, Reach, Thing};
use tw_units::{CollectorId, UnitId};

/// Who sends a request, if they may use the endpoint at all.
pub(crate) async fn admit(
    app: &App,
    info: &Info,
    parts: &Parts,
    facts: &Facts,
) -> Result<Caller, Refusal> {
    if info.method.writes() {
        same_origin(info, &parts.headers)?;
    }
    if info.permission == Permission::Public {
        return Ok(Caller::nobody());
    }
    let caller = identify(app, &parts.headers, facts).await?;
    if caller.who == Who::Nobody {
        return Err(Refusal::unauthenticated(
            "sign_in",
            "sign in, or send a token",
        ));
    }
    if !caller.may(info.permission) {
        return Err(Refusal::forbidden(
            "not_allowed",
            format!("this needs the permission {}", info.permission.as_str()),
        )
        .with("permission", info.permission.as_str())
        .with("actor", caller.actor()));
    }
    if info.reach == Reach::Whole && !caller.sees_all() {
        return Err(Refusal::forbidden(
            "not_in_scope",
            "this concerns the whole organisation, and your scope is a part of it",
        )
        .with("actor", caller.actor()));
    }
    Ok(caller)
}

async fn identify(app: &App, headers: &HeaderMap, facts: &Facts) -> Result<Caller, Refusal> {
    let authorization = header_text(headers, &header::AUTHORIZATION);
    if !authorization.is_empty() {
        let token = authorization
            .strip_prefix("Bearer ")
            .unwrap_or_default()
            .trim();
        return accounts::of_token(app, token)
            .await?
            .ok_or_else(|| Refusal::unauthenticated("bad_token", "this token is not valid"));
    }
    let name = if app.tls() {
        secret::COOKIE_TLS
    } else {
        secret::COOKIE_PLAIN
    };
    let mut cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let session = cookies.find_map(|text| secret::cookie(text, name));
    match session {
        None => Ok(Caller::nobody()),
        Some(session) => accounts::of_session(app, session, facts)
            .await?
            .ok_or_else(|| Refusal::unauthenticated("session_ended", "the session has ended")),
    }
}

/// A write that a browser sends along with a cookie, or a sign-in, must come from our own page.
/// Programs send neither header and no cookie.
fn same_origin(info: &Info, headers: &HeaderMap) -> Result<(), Refusal> {
    let site = header_text(headers, &HeaderName::from_static("sec-fetch-site"));
    let origin = header_text(headers, &header::ORIGIN);
    let host = header_text(headers, &header::HOST);
    let foreign = Refusal::forbidden("cross_site", "this request came from another site")
        .with("operation", info.id);
    if !site.is_empty() && site != "same-origin" {
        return Err(foreign);
    }
    let own = origin
        .split_once("://")
        .is_some_and(|(_, rest)| !host.is_empty() && rest == host);
    if !origin.is_empty() && !own {
        return Err(foreign);
    }
    let has_cookie = headers.contains_key(header::COOKIE);
    let has_token = headers.contains_key(header::AUTHORIZATION);
    if has_cookie && !has_token && site.is_empty() && origin.is_empty() {
        return Err(foreign);
    }
    Ok(())
}

/// Whether the thing that the path names lies in the caller's scope.
pub(crate) async fn reach(
    app: &App,
    info: &Info,
    caller: &Caller,
    path: &[(String, String)],
) -> Result<(), Refusal> {
    let Reach::One(thing) = info.reach else {
        return Ok(());
    };
    let id = path.first().map_or("", |(_, id)| id.as_str());
    if caller.sees_all() {
        return Ok(());
    }
    let word = format!("{thing:?}").to_lowercase();
    let inside = match thing {
        Thing::Discrepancy => discrepancy::actions::is_seen(app, caller, id).await?,
        Thing::StockTake => stocktake::actions::is_seen(app, caller, id).await?,
        _ => lies_in_scope(app, caller, thing, id),
    };
    match inside {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::out_of_scope(&word, id).with("actor", caller.actor())),
        None => Err(Refusal::not_found(&word, id)),
    }
}

/// `None` when there is no such thing.
fn lies_in_scope(app: &App, caller: &Caller, thing: Thing, id: &str) -> Option<bool> {
    let world = app.world();
    let register = &world.register;
    let device = |id: &str| register.devices.get(id).map(|d| caller.sees_site(&d.site));
    match thing {
        Thing::Site => register
            .sites
            .get(id)
            .map(|site| caller.sees_site(&site.id)),
        Thing::Rack => register.racks.get(id).map(|rack| {
            register
                .site_of_rack(&rack.id)
                .is_some_and(|s| caller.sees_site(s))
        }),
        Thing::Device => device(id),
        Thing::Interface | Thing::Sensor => id.split_once(':').and_then(|(id, _)| device(id)),
        Thing::Circuit => register.circuits.get(id).map(|circuit| {
            let sites = world.sites_of_circuit(circuit);
            sites
                .into_iter()
                .flatten()
                .any(|site| caller.sees_site(site))
        }),
        Thing::Asset => register
            .assets
            .get(id)
            .map(|asset| caller.sees(register, world.site_of_asset(asset), asset.unit.as_ref())),
        Thing::Collector => CollectorId::new(id).ok().and_then(|id| {
            let mut sites = world.sites_of_collector(&id);
            sites.extend(world.sites_watched_by(&id));
            (!sites.is_empty()).then(|| sites.iter().any(|site| caller.sees_site(site)))
        }),
        Thing::Alert => app.alert(id).map(|alert| app.sees_alert(caller, &alert)),
        Thing::Maintenance => app.works.get(id).map(|kept| {
            tw_units::SiteId::new(kept.site.as_str()).is_ok_and(|site| caller.sees_site(&site))
        }),
        // They are not in memory: `reach` asks the store.
        Thing::Discrepancy | Thing::StockTake => None,
        Thing::Unit => UnitId::new(id)
            .ok()
            .filter(|id| register.units.contains_key(id))
            .map(|id| caller.sees_unit(register, &id)),
        Thing::Person => register
            .people
            .get(id)
            .map(|person| caller.sees_unit(register, &person.unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], expect: bool) {
        let info = Info::of::<tw_api::endpoints::DevicePut>();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        assert_eq!(same_origin(&info, &map).is_ok(), expect, "{headers:?}");
    }

    #[test]
    fn a_write_with_a_cookie_must_come_from_our_own_page() {
        let cookie = ("cookie", "tierwatch=x");
        let host = ("host", "127.0.0.1:8420");
        check(&[cookie, host, ("sec-fetch-site", "same-origin")], true);
        check(&[cookie, host, ("origin", "http://127.0.0.1:8420")], true);
        check(&[cookie, host, ("sec-fetch-site", "cross-site")], false);
        check(&[cookie, host, ("sec-fetch-site", "same-site")], false);
        check(&[cookie, host, ("sec-fetch-site", "none")], false);
        check(&[cookie, host, ("origin", "http://evil.example")], false);
        check(&[cookie, host, ("origin", "null")], false);
        check(&[cookie, host], false);
        check(&[("authorization", "Bearer x"), host], true);
        check(&[host], true);
    }
}
