//! One poll of an address: does it answer, and who does it say it is?
//!
//! **Room:** layer 2, shell. **May use:** `tw-collect`, `tw-snmp`. **Must not:** keep what it heard.

use crate::http::refusal::Refusal;
use std::{net::SocketAddr, time::Duration};
use tokio::time::Instant;
use tw_api::DeviceTestResult;
use tw_collect::{
    client::{Client, Credential, Limits, Problem},
    seal::SnmpSecrets,
};
use tw_model::SnmpVersion;
use tw_snmp::{Oid, Value, VarBind, v3::User};

/// A trial is over after so long.
const TRIAL_SECONDS_MAX: u64 = 8;
/// The longest text that is handed on.
const TEXT_CHARS_MAX: usize = 1_000;
/// `sysDescr.0`, `sysObjectID.0`, `sysName.0` (RFC 3418).
const ASKED: [&[u32]; 3] = [
    &[1, 3, 6, 1, 2, 1, 1, 1, 0],
    &[1, 3, 6, 1, 2, 1, 1, 2, 0],
    &[1, 3, 6, 1, 2, 1, 1, 5, 0],
];

/// Polls once.
pub(super) async fn poll(
    address: SocketAddr,
    version: SnmpVersion,
    secrets: &SnmpSecrets,
) -> Result<DeviceTestResult, Refusal> {
    let credential = credential(version, secrets)?;
    let names: Vec<Oid> = ASKED
        .iter()
        .filter_map(|arcs| Oid::from_arcs(arcs).ok())
        .collect();
    let started = Instant::now();
    let limits = Limits {
        timeout: Duration::from_millis(1_500),
        retries: 1,
        ..Limits::default()
    };
    let asked = async {
        let mut client = Client::connect(address, &credential, limits).await?;
        Ok::<_, tw_collect::client::ConnectError>(client.get(&names).await)
    };
    let limit = Duration::from_secs(TRIAL_SECONDS_MAX);
    let (varbinds, problem) = match tokio::time::timeout(limit, asked).await {
        Ok(Ok(collected)) => (
            collected.varbinds,
            collected.problems.first().map(of_problem),
        ),
        Ok(Err(cause)) => (
            Vec::new(),
            Some(("unreachable".to_owned(), cause.to_string())),
        ),
        Err(_) => (
            Vec::new(),
            Some(("silent".to_owned(), format!("nothing for {limit:?}"))),
        ),
    };
    let text = |index: usize| {
        varbinds
            .iter()
            .find(|v| Some(&v.oid) == names.get(index))
            .and_then(readable)
    };
    let answered = varbinds.iter().any(|v| readable(v).is_some());
    Ok(DeviceTestResult {
        answered,
        sys_descr: text(0),
        sys_object_id: text(1),
        sys_name: text(2),
        problem: problem.as_ref().map(|(code, _)| code.clone()),
        detail: problem.map(|(_, detail)| detail),
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn of_problem(problem: &Problem) -> (String, String) {
    let code = serde_json::to_value(problem.code).ok();
    let code = code
        .and_then(|code| code.as_str().map(str::to_owned))
        .unwrap_or_default();
    (code, problem.message.clone())
}

/// A device's text without control characters, bounded; bytes that are no text are nothing.
fn readable(varbind: &VarBind) -> Option<String> {
    match &varbind.value {
        Value::OctetString(bytes) => {
            let text = std::str::from_utf8(bytes).ok()?;
            Some(
                text.chars()
                    .filter(|c| !c.is_control())
                    .take(TEXT_CHARS_MAX)
                    .collect(),
            )
        }
        Value::ObjectIdentifier(oid) => Some(oid.to_string()),
        _ => None,
    }
}

fn credential(version: SnmpVersion, secrets: &SnmpSecrets) -> Result<Credential, Refusal> {
    let missing = |what: &str| Refusal::field("credential", format!("it has no {what}"));
    let community = || {
        secrets
            .community
            .as_deref()
            .ok_or_else(|| missing("community"))
    };
    match version {
        SnmpVersion::V1 => Ok(Credential::v1(community()?)),
        SnmpVersion::V2c => Ok(Credential::v2c(community()?)),
        SnmpVersion::V3 => {
            let user = user(secrets)?;
            let context_name = secrets.context.clone().unwrap_or_default().into_bytes();
            Ok(Credential::User { user, context_name })
        }
    }
}

fn user(secrets: &SnmpSecrets) -> Result<User, Refusal> {
    let wrong = |cause: &dyn std::fmt::Display| Refusal::field("credential", cause.to_string());
    let name = secrets.user.as_deref().unwrap_or_default();
    let auth = match (&secrets.auth, &secrets.auth_pass) {
        (Some(auth), Some(pass)) => Some((auth.parse().map_err(|e| wrong(&e))?, pass.as_str())),
        _ => None,
    };
    let privacy = match (&secrets.privacy, &secrets.priv_pass) {
        (Some(privacy), Some(pass)) => {
            Some((privacy.parse().map_err(|e| wrong(&e))?, pass.as_str()))
        }
        _ => None,
    };
    User::new(name, auth, privacy).map_err(|e| wrong(&e))
}
