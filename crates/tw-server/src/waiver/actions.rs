//! Asking for waivers, deciding, ending.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-model`, `tw-store`. **Must not:**
//! grant what the policy refuses, or let one person both ask and allow.

use crate::{
    access::{accounts::store, caller::Caller},
    age::{actions::today, judged::Judge},
    app::App,
    asset::writing::in_scope,
    device::actions::{no_new_findings, register},
    http::refusal::Refusal,
    world::World,
};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tw_api::{AgeVerdict, WaiverAsk, WaiverDecision, WaiverEnd};
use tw_lifecycle::{WaiverFault, waiver_faults};
use tw_model::{Absent, Day, Item, Kind, Months, Waiver, WaiverPolicy, WaiverProof, plan};
use tw_store::{Author, WaiverRequest};
use tw_units::{AssetTag, PersonId, WaiverId};

/// A text is so long at most.
const TEXT_CHARS_MAX: usize = 1_000;

/// Where the age policy says nothing about waivers: a year, with a reason and a second person.
fn policy(world: &World) -> WaiverPolicy {
    let own = world.register.age_policy.as_ref();
    let own = own.and_then(|policy| policy.waivers.clone());
    own.unwrap_or_else(|| WaiverPolicy {
        max_length: Months(12),
        need: vec![WaiverProof::Reason, WaiverProof::Approver],
    })
}

/// Notes a request; the register stays as it is.
pub(super) async fn ask(
    app: &App,
    author: &Author,
    (tag, ask): (&str, WaiverAsk),
) -> Result<i64, Refusal> {
    let world = app.world();
    let today = today(&world, app.now());
    let request = serde_json::to_value(&ask).map_err(|e| Refusal::internal(&e))?;
    let waiver = read((tag, 0), &request, today)?;
    person(&world, "requester", &waiver.requester)?;
    let mut policy = policy(&world);
    // The second person is not there yet.
    policy.need.retain(|proof| *proof != WaiverProof::Approver);
    fits(&world, &waiver, (&policy, today))?;
    let asked = app.store.ask_waiver((tag, request), author).await;
    let asked = asked.map_err(|e| store(&e))?;
    asked.ok_or_else(|| Refusal::conflict("waits_already", "a request for it waits already"))
}

/// The second person's word on the request that waits.
pub(super) async fn decide(
    app: &App,
    (caller, author): (&Caller, &Author),
    (tag, decision): (&str, WaiverDecision),
) -> Result<i64, Refusal> {
    let requests = app.store.waiver_requests(Some(tag)).await;
    let requests = requests.map_err(|e| store(&e))?;
    let waiting = requests.into_iter().find(|one| one.state == "waiting");
    let waiting = waiting.ok_or_else(|| Refusal::not_found("waiting waiver of asset", tag))?;
    if waiting.asked_by == author.actor {
        let text = "another person than the one who asked must agree";
        return Err(Refusal::forbidden("own_request", text).with("actor", caller.actor()));
    }
    let change = if decision.approve {
        Some(granted(app, &waiting, &decision)?)
    } else {
        None
    };
    let note = decision.note.filter(|note| !note.trim().is_empty());
    let decided = app.store.decide_waiver(waiting.id, (change, note), author);
    if !decided.await.map_err(|e| register(&e))? {
        return Err(Refusal::conflict("decided", "it was decided already"));
    }
    app.reload_register().await.map_err(|e| register(&e))?;
    Ok(waiting.id)
}

fn granted(
    app: &App,
    request: &WaiverRequest,
    decision: &WaiverDecision,
) -> Result<(tw_model::Plan, u64), Refusal> {
    let world = app.world();
    let today = today(&world, app.now());
    let mut waiver = read((&request.tag, request.id), &request.ask, today)?;
    let taken = |id: &WaiverId| world.register.waivers.contains_key(id);
    let mut more = 1;
    while taken(&waiver.id) {
        waiver.id = id_of(&format!("w-{}-{more}", request.id))?;
        more += 1;
    }
    let approver = decision.approver.as_deref().unwrap_or_default();
    let approver = PersonId::new(approver)
        .map_err(|_| Refusal::field("approver", "the staff code of who allows it"))?;
    person(&world, "approver", &approver)?;
    waiver.approver = Some(approver);
    if waiver.document.is_none() {
        waiver.document.clone_from(&decision.document);
    }
    fits(&world, &waiver, (&policy(&world), today))?;
    let mut wanted = world.register.clone();
    wanted.waivers.insert(waiver.id.clone(), waiver);
    no_new_findings(&world.register, &wanted)?;
    let change = plan(&wanted, &world.register, Absent::Keep);
    Ok((change, world.revision))
}

/// Gives a waiver an earlier last day.
pub(super) async fn end(
    app: &App,
    (caller, author): (&Caller, &Author),
    (tag, end): (&str, WaiverEnd),
) -> Result<(), Refusal> {
    let world = app.world();
    let waiver = world.register.waivers.get(end.id.as_str());
    let waiver = waiver.filter(|waiver| waiver.assets.iter().any(|own| own.as_str() == tag));
    let waiver = waiver.ok_or_else(|| Refusal::not_found("waiver", &end.id))?;
    for asset in &waiver.assets {
        if let Some(asset) = world.register.assets.get(asset) {
            in_scope(&world, caller, asset)?;
        }
    }
    let on = day("on", &end.on)?;
    if on.0 > today(&world, app.now()) || on >= waiver.expires_on {
        return Err(Refusal::field(
            "on",
            "today or earlier, and before its last day",
        ));
    }
    if on < waiver.granted_on {
        return Err(Refusal::field("on", "not before it began"));
    }
    let ended = Waiver {
        expires_on: on,
        ..waiver.clone()
    };
    let item = Item {
        kind: Kind::Waiver,
        id: end.id,
        value: serde_json::to_value(&ended).map_err(|e| Refusal::internal(&e))?,
    };
    let put = app.store.put_item(item, Some(end.version), author).await;
    put.map_err(|e| register(&e))?;
    app.reload_register().await.map_err(|e| register(&e))
}

/// A request as a waiver of the register, beginning today.
pub(super) fn read(
    (tag, number): (&str, i64),
    ask: &Value,
    today: Date,
) -> Result<Waiver, Refusal> {
    let ask: WaiverAsk = serde_json::from_value(ask.clone()).map_err(|e| Refusal::internal(&e))?;
    let text = |field: &str, text: Option<String>| {
        let text = text.map(|text| text.trim().to_owned());
        let text = text.filter(|text| !text.is_empty());
        match &text {
            Some(long) if long.chars().count() > TEXT_CHARS_MAX => {
                let allowed = format!("at most {TEXT_CHARS_MAX} characters");
                Err(Refusal::field(field, allowed))
            }
            _ => Ok(text),
        }
    };
    let asset = AssetTag::new(tag).map_err(|_| Refusal::not_found("asset", tag))?;
    Ok(Waiver {
        id: id_of(&format!("w-{number}"))?,
        assets: BTreeSet::from([asset]),
        granted_on: Day(today),
        expires_on: day("expires_on", &ask.expires_on)?,
        requester: PersonId::new(&ask.requester)
            .map_err(|_| Refusal::field("requester", "a staff code"))?,
        approver: None,
        reason: text("reason", ask.reason)?,
        document: text("document", ask.document)?,
        compensating_control: text("compensating_control", ask.compensating_control)?,
    })
}

fn id_of(text: &str) -> Result<WaiverId, Refusal> {
    WaiverId::new(text).map_err(|e| Refusal::internal(&e))
}

fn day(field: &str, text: &str) -> Result<Day, Refusal> {
    text.parse()
        .map_err(|_| Refusal::field(field, "a civil day, as 2026-11-22"))
}

fn person(world: &World, field: &str, id: &PersonId) -> Result<(), Refusal> {
    if world.register.people.contains_key(id) {
        return Ok(());
    }
    Err(Refusal::field(
        field,
        "nobody on the roster has this staff code",
    ))
}

/// Refuses what the policy does not allow, all of it at once.
fn fits(
    world: &World,
    waiver: &Waiver,
    (policy, today): (&WaiverPolicy, Date),
) -> Result<(), Refusal> {
    let judge = Judge::new(world, (today, today));
    let verdict = |tag: &AssetTag| {
        let asset = world.register.assets.get(tag);
        let judged = asset.and_then(|asset| judge.judged(asset));
        judged.map_or(AgeVerdict::OutOfScope, |judged| judged.verdict)
    };
    let faults = waiver_faults(waiver, policy, |tag| age_verdict(verdict(tag)));
    let Some(first) = faults.first() else {
        return Ok(());
    };
    let missing: Vec<Value> = faults
        .iter()
        .map(|fault| json!({"code": code_of(fault), "message": fault.to_string()}))
        .collect();
    Err(Refusal::field(field_of(first), first.to_string()).with("missing", missing))
}

fn age_verdict(verdict: AgeVerdict) -> tw_lifecycle::AgeVerdict {
    use tw_lifecycle::AgeVerdict as V;
    match verdict {
        AgeVerdict::Over => V::Over,
        AgeVerdict::Within => V::Within,
        AgeVerdict::Uncertain => V::Uncertain,
        AgeVerdict::Conflict => V::Conflict,
        AgeVerdict::Unknown | AgeVerdict::OutOfScope => V::Unknown,
    }
}

/// A stable word for the console.
fn code_of(fault: &WaiverFault) -> String {
    match fault {
        WaiverFault::NoAsset => "no_asset".to_owned(),
        WaiverFault::Reversed => "reversed".to_owned(),
        WaiverFault::TooLong(_) => "too_long".to_owned(),
        WaiverFault::Missing(proof) => proof.to_string(),
        WaiverFault::OwnRequest => "own_request".to_owned(),
        WaiverFault::NotOver(_) => "not_over".to_owned(),
    }
}

fn field_of(fault: &WaiverFault) -> &'static str {
    match fault {
        WaiverFault::NoAsset | WaiverFault::NotOver(_) => "assets",
        WaiverFault::Reversed | WaiverFault::TooLong(_) => "expires_on",
        WaiverFault::OwnRequest | WaiverFault::Missing(WaiverProof::Approver) => "approver",
        WaiverFault::Missing(WaiverProof::Reason) => "reason",
        WaiverFault::Missing(WaiverProof::Document) => "document",
        WaiverFault::Missing(WaiverProof::CompensatingControl) => "compensating_control",
    }
}
