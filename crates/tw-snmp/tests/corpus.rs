//! The fuzz targets' bodies over their corpus, as an ordinary test.
//!
//! **Room:** tests.

#![expect(clippy::unwrap_used, reason = "a test ends there")]

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

use std::{fs, path::Path};

#[track_caller]
fn run(target: &str, body: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut inputs = 0;
    for entry in fs::read_dir(root.join(target)).unwrap() {
        let input = fs::read(entry.unwrap().path()).unwrap();
        body(&input);
        inputs += 1;
    }
    assert!(inputs > 2, "the corpus of {target} is there");
}

#[test]
fn the_corpus_of_messages_is_read() {
    run("message", bodies::message);
}

#[test]
fn the_corpus_of_scoped_pdus_is_read() {
    run("scoped_pdu", bodies::scoped_pdu);
}

#[test]
fn the_corpus_of_walks_ends() {
    run("walk", bodies::walk);
}

#[test]
fn pseudo_random_input_breaks_no_body() {
    // A fixed sequence (SplitMix64), so that a failure comes again.
    let mut state = 1_u64;
    let mut next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).to_be_bytes()
    };
    for round in 0..3_000 {
        let input: Vec<u8> = (0..round % 40).flat_map(|_| next()).collect();
        bodies::message(&input);
        bodies::scoped_pdu(&input);
        bodies::walk(&input);
    }
}
