//! Walks against agents of all kinds, without a network.
//!
//! **Room:** tests.

use super::*;
use proptest::prelude::*;

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn row(name: Oid) -> VarBind {
    VarBind {
        oid: name,
        value: Value::Integer(1),
    }
}

/// An agent with the rows 1.3.6.1.N.0 for N in 1..=count and one outside.
fn honest(count: u32) -> impl FnMut(&Pdu) -> Option<Pdu> {
    let mut rows: Vec<Oid> = (1..=count).map(|n| oid("1.3.6.1").join(&[n, 0])).collect();
    rows.push(oid("1.3.7"));
    move |request| {
        let wanted = request.max_repetitions().max(1);
        let from = &request.varbinds[0].oid;
        let list = rows.iter().filter(|name| *name > from).take(wanted);
        Some(request.response(list.cloned().map(row).collect()))
    }
}

/// Walks and says: rows, questions, learned repetitions, problem.
fn walk(settings: WalkSettings, mut agent: impl FnMut(&Pdu) -> Option<Pdu>) -> String {
    let mut walk = Walk::new(oid("1.3.6.1"), settings);
    let mut questions = 0;
    while let Some(question) = walk.question() {
        questions += 1;
        assert!(questions < 10_000, "the walk does not end");
        match agent(&question.to_pdu(7)) {
            Some(answer) => walk.answer(&answer),
            None => walk.silence(),
        }
    }
    let learned = walk.repetitions();
    let (rows, problem) = walk.finish();
    assert!(rows.is_sorted_by(|a, b| a.oid < b.oid));
    let problem = problem.map_or_else(|| "good".to_owned(), |problem| problem.to_string());
    format!(
        "{} rows, {questions} questions, {learned}: {problem}",
        rows.len()
    )
}

#[track_caller]
fn check(agent: impl FnMut(&Pdu) -> Option<Pdu>, expect: &str) {
    assert_eq!(walk(WalkSettings::default(), agent), expect);
}

#[test]
fn an_honest_agent_is_walked_to_its_end() {
    check(honest(60), "60 rows, 3 questions, 25: good");
    check(honest(0), "0 rows, 1 questions, 25: good");
    let getnext = WalkSettings {
        repetitions: 1,
        ..WalkSettings::default()
    };
    assert_eq!(walk(getnext, honest(60)), "60 rows, 61 questions, 1: good");
}

#[test]
fn an_agent_that_cannot_do_large_answers_is_asked_for_less() {
    let mut honest_one = honest(60);
    let too_big = |request: &Pdu| {
        if request.max_repetitions() > 10 {
            return Some(request.error_response(ErrorStatus::TooBig, 0));
        }
        honest_one(request)
    };
    check(too_big, "60 rows, 13 questions, 6: good");
    let mut honest_two = honest(60);
    let silent_on_large = |request: &Pdu| {
        (request.max_repetitions() <= 10)
            .then(|| honest_two(request))
            .flatten()
    };
    // 25 is silent, one row is not; 12 is silent twice; 6 is good.
    check(silent_on_large, "60 rows, 14 questions, 6: good");
    check(
        |request| Some(request.error_response(ErrorStatus::TooBig, 0)),
        "0 rows, 5 questions, 1: after 1.3.6.1 the agent answered with the error tooBig (1)",
    );
}

#[test]
fn an_error_on_one_object_is_passed_row_by_row_or_named() {
    let mut agent = honest(4);
    let spoiled = |request: &Pdu| {
        if request.max_repetitions() > 1 {
            return Some(request.error_response(ErrorStatus::GenErr, 1));
        }
        agent(request)
    };
    check(spoiled, "4 rows, 6 questions, 1: good");
    check(
        |request| Some(request.error_response(ErrorStatus::GenErr, 1)),
        "0 rows, 2 questions, 1: after 1.3.6.1 the agent answered with the error genErr (5)",
    );
}

#[test]
fn a_dead_agent_costs_as_many_questions_as_the_retries_say() {
    check(
        |_| None,
        "0 rows, 3 questions, 6: no answer to the question for what comes after 1.3.6.1",
    );
}

#[test]
fn one_lost_packet_costs_one_question_and_no_speed() {
    let mut agent = honest(60);
    let mut number = 0;
    let lossy = |request: &Pdu| {
        number += 1;
        (number != 2).then(|| agent(request)).flatten()
    };
    check(lossy, "60 rows, 4 questions, 25: good");
}

#[test]
fn circles_and_steps_back_end_the_walk_by_name() {
    let circle = |request: &Pdu| {
        let names = ["1.3.6.1.1.0", "1.3.6.1.2.0", "1.3.6.1.1.0"];
        Some(request.response(names.map(|name| row(oid(name))).to_vec()))
    };
    check(
        circle,
        "2 rows, 1 questions, 25: after 1.3.6.1.2.0 the agent gave 1.3.6.1.1.0, which does not lie behind it",
    );
    let mut page = 0;
    let across_pages = |request: &Pdu| {
        page += 1;
        let name = if page % 2 == 0 {
            "1.3.6.1.1.0"
        } else {
            "1.3.6.1.2.0"
        };
        Some(request.response(vec![row(oid(name))]))
    };
    check(
        across_pages,
        "1 rows, 2 questions, 25: after 1.3.6.1.2.0 the agent gave 1.3.6.1.1.0, which does not lie behind it",
    );
    check(
        |request| Some(request.response(vec![row(request.varbinds[0].oid.clone())])),
        "0 rows, 1 questions, 25: after 1.3.6.1 the agent gave 1.3.6.1, which does not lie behind it",
    );
}

#[test]
fn an_answer_without_rows_ends_the_walk_by_name() {
    check(
        |request| Some(request.response(vec![])),
        "0 rows, 1 questions, 25: after 1.3.6.1 the agent answered without any row",
    );
}

#[test]
fn endless_agents_stop_at_the_limits() {
    let mut next = 0;
    let mut endless = move |request: &Pdu, octets: usize| {
        let rows = (0..request.max_repetitions().max(1)).map(|_| {
            next += 1;
            VarBind {
                oid: oid("1.3.6.1").child(next),
                value: Value::OctetString(vec![0; octets]),
            }
        });
        Some(request.response(rows.collect()))
    };
    let settings = WalkSettings {
        rows_max: 1_000,
        octets_max: 100_000,
        ..WalkSettings::default()
    };
    let mut copy = endless;
    assert_eq!(
        walk(settings, |request| endless(request, 1)),
        "1000 rows, 41 questions, 25: the walk stopped after 1000 rows, the limit"
    );
    assert_eq!(
        walk(settings, |request| copy(request, 30_000)),
        "3 rows, 1 questions, 25: the walk stopped after 100000 bytes of values, the limit"
    );
}

fn any_answer() -> impl Strategy<Value = Option<Pdu>> {
    let name = prop::collection::vec(0..4_u32, 0..4).prop_map(|arcs| oid("1.3.6.1").join(&arcs));
    let value = prop_oneof![
        8 => Just(Value::Integer(1)),
        1 => Just(Value::EndOfMibView),
        1 => Just(Value::NoSuchObject),
    ];
    let rows = prop::collection::vec((name, value), 0..6);
    prop::option::weighted(
        0.8,
        (prop::sample::select(vec![0, 0, 0, 0, 1, 2, 5, 99]), rows),
    )
    .prop_map(|answer| {
        answer.map(|(error_status, rows)| Pdu {
            error_status,
            varbinds: rows
                .into_iter()
                .map(|(oid, value)| VarBind { oid, value })
                .collect(),
            ..Pdu::request(PduKind::Response, 7, [])
        })
    })
}

proptest! {
    #[test]
    fn whatever_an_agent_answers_the_walk_ends_in_order(
        answers in prop::collection::vec(any_answer(), 1..20),
    ) {
        let mut script = answers.iter().cycle();
        walk(WalkSettings { rows_max: 50, ..WalkSettings::default() }, |_| script.next().cloned().flatten());
    }
}
