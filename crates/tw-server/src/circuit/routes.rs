//! Routes of circuits.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    readings::{
        live::{PROBE_UP, of_code},
        spans,
        steps::Steps,
    },
};
use tw_api::{Circuit, CircuitProbes, Json, Page, ProbeSeries, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::CircuitList, _, _>(list),
        bind::<e::CircuitGet, _, _>(get),
        bind::<e::CircuitProbesGet, _, _>(probes),
    ]
}

async fn list(call: Call<e::CircuitList>) -> Outcome<Json<Page<Circuit>>> {
    let world = call.app.world();
    let now = call.app.now();
    let query = &call.query;
    let all = world
        .register
        .circuits
        .values()
        .filter(|circuit| {
            let sites = world.sites_of_circuit(circuit);
            let ends_at = |wanted: &String| {
                sites
                    .iter()
                    .flatten()
                    .any(|site| site.as_str() == wanted.as_str())
            };
            sites
                .iter()
                .flatten()
                .any(|site| call.caller.sees_site(site))
                && query.site.as_ref().is_none_or(ends_at)
        })
        .map(|circuit| view::circuit(&world, &call.app.live, circuit, now))
        .filter(|circuit| {
            query
                .state
                .is_none_or(|state| circuit.status.state == state)
        })
        .collect();
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(all, |circuit: &Circuit| circuit.id.clone(), wanted)?).into())
}

async fn get(call: Call<e::CircuitGet>) -> Outcome<Json<Circuit>> {
    let world = call.app.world();
    let circuit = world.register.circuits.get(call.id());
    let circuit = circuit.ok_or_else(|| Refusal::not_found("circuit", call.id()))?;
    Ok(Json(view::circuit(
        &world,
        &call.app.live,
        circuit,
        call.app.now(),
    ))
    .into())
}

async fn probes(call: Call<e::CircuitProbesGet>) -> Outcome<Json<CircuitProbes>> {
    let world = call.app.world();
    let now = call.app.now();
    let circuit = world.register.circuits.get(call.id());
    let circuit = circuit.ok_or_else(|| Refusal::not_found("circuit", call.id()))?;
    let sites = world
        .sites_of_circuit(circuit)
        .map(|site| site.map(ToString::to_string));
    let period = sites.iter().flatten().find_map(|site| {
        Some(
            call.app
                .live
                .probe(call.id(), site)
                .latest
                .as_ref()?
                .period_ms,
        )
    });
    let steps = Steps::of(&call.query, now, period)?;
    let mut ends = Vec::new();
    for site in sites.into_iter().flatten() {
        let target = format!("probe:{}:{site}", call.id());
        let samples = call
            .app
            .samples_of_object(&target, "", &view::PROBE_METRICS, steps.window)
            .await?;
        let runs = call.app.runs(&target, "", PROBE_UP, steps.window).await?;
        ends.push(ProbeSeries {
            site,
            points: view::probe_points(steps, &samples),
            states: spans::of_runs(&runs, steps.window, now, of_code),
        });
    }
    Ok(Json(CircuitProbes {
        circuit: call.id().to_owned(),
        step_seconds: steps.seconds,
        ends,
    })
    .into())
}
