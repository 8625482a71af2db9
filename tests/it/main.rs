//! The integration tests: one binary, a file a command group.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod apps;
mod auth_check;
mod auth_server;
mod bench;
mod capability;
mod capability_diff;
mod capability_examples;
mod capability_lint;
mod capability_policy;
mod capability_report;
mod chat;
mod claims;
mod colors;
mod completions;
mod config;
mod control;
mod daemon;
mod dependencies;
mod durable;
mod durable_kill;
mod error_command;
mod examples;
mod exec;
mod faults;
mod features;
mod fixture_store;
mod full_disk;
mod generated;
mod guides;
mod harness;
mod help;
mod jq;
mod layers;
mod limits;
mod live;
mod local;
mod logs;
mod man;
mod minimize;
mod moderation;
mod network;
mod operations;
mod packages;
mod presence;
mod proxy;
mod pty;
mod readme;
mod rings;
mod room;
mod room_chaos;
mod room_join;
mod room_messages;
mod room_send;
mod room_tail;
mod running;
mod seed;
mod seed_store;
mod serve;
mod serve_dev;
mod settings;
mod tail;
mod terminal;
mod tls;
mod token;
mod token_network;
mod token_source;
mod tools;
mod tour;
mod usage;
mod virtual_time;
mod webhooks;
mod whoami;

#[test]
fn no_file_is_forgotten() {
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name != "main" {
            assert!(
                main.contains(&format!("\nmod {name};")),
                "tests/it/main.rs does not list {name}"
            );
        }
    }
}
