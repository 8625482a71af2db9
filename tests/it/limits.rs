//! The limits: `docs/limits.md` is fresh, and each of them has a test that reaches it.

use std::path::Path;

use chatctl::server::limits::{self, LIMITS};
use chatctl::server::plan::{self, FIGURES};

use crate::harness::chatctl;
use crate::running::{Server, path};

/// The test that reaches each limit, by file and name.
const REACHED: &[(&str, &str, &str)] = &[
    (
        "Active channels of an app: attached, or published on within a minute",
        "src/server/tests/limits.rs",
        "an_app_has_bounded_active_channels",
    ),
    (
        "Connections of a server",
        "tests/it/serve.rs",
        "connection_limit_of_the_config_yields_to_the_flag",
    ),
    (
        "Channels of a connection",
        "src/server/tests/limits.rs",
        "a_connection_has_bounded_channels",
    ),
    (
        "Publishes of a connection under way",
        "src/server/tests/limits.rs",
        "a_connection_has_bounded_publishes_under_way",
    ),
    (
        "State of a connection after a drop",
        "src/server/tests/limits.rs",
        "the_state_of_a_connection_is_kept_for_a_bounded_time",
    ),
    (
        "Silence of the server towards a connection",
        "src/server/tests/protocol.rs",
        "a_silent_connection_hears_a_heartbeat_within_the_promise",
    ),
    (
        "Reading why a connection is closed",
        "src/server/tests/recovery.rs",
        "a_client_that_does_not_read_is_dropped_while_the_others_get_everything",
    ),
    (
        "Size of a publish",
        "src/server/tests/protocol.rs",
        "what_is_too_large_is_refused_and_leaves_no_trace",
    ),
    (
        "Messages of a publish",
        "src/server/tests/requests.rs",
        "a_publish_of_too_many_messages_is_refused",
    ),
    (
        "Levels of data, extras and metadata",
        "src/server/tests/requests.rs",
        "what_is_accepted_is_nested_no_deeper_than_readers_take",
    ),
    (
        "Size of a frame",
        "src/server/tests/limits.rs",
        "a_frame_has_a_bounded_size",
    ),
    (
        "Messages a second of a client on a channel",
        "src/server/tests/protocol.rs",
        "a_server_may_limit_how_fast_is_published",
    ),
    (
        "Members of a channel",
        "src/server/engine/contract.rs",
        "members_and_their_history_are_kept_up_to_the_limit",
    ),
    (
        "Messages of a rewind",
        "src/server/tests/limits.rs",
        "a_rewind_has_bounded_messages",
    ),
    (
        "Age of history",
        "src/server/engine/sqlite/tests.rs",
        "retention_deletes_by_age_and_by_count",
    ),
    (
        "Publishes of a channel",
        "src/server/engine/sqlite/tests.rs",
        "retention_deletes_by_age_and_by_count",
    ),
    (
        "Size of a store file",
        "src/server/engine/sqlite/tests.rs",
        "large_file_loses_its_oldest_part_and_shrinks",
    ),
    (
        "Connections that ask for nothing, or half of the descriptors",
        "src/server/edge/http/lobby.rs",
        "the_longest_waiting_peer_makes_room_and_no_other",
    ),
    (
        "TLS handshakes at once",
        "src/server/edge/tls.rs",
        "silent_sockets_make_room_for_those_that_shake_hands",
    ),
    (
        "Time of a TLS handshake",
        "src/server/edge/tls.rs",
        "a_handshake_takes_a_bounded_time",
    ),
    (
        "Size of a head",
        "src/server/tests/requests.rs",
        "heads_are_bounded_in_time_size_and_fields",
    ),
    (
        "Header fields",
        "src/server/tests/requests.rs",
        "heads_are_bounded_in_time_size_and_fields",
    ),
    (
        "Size of a path with its query",
        "src/server/tests/requests.rs",
        "heads_are_bounded_in_time_size_and_fields",
    ),
    (
        "Time of a head, and between requests",
        "src/server/tests/requests.rs",
        "heads_are_bounded_in_time_size_and_fields",
    ),
    (
        "Size of a body behind accepted credentials",
        "src/server/tests/requests.rs",
        "bodies_are_bounded_by_what_is_known_of_the_caller",
    ),
    (
        "Time of a body behind accepted credentials",
        "src/server/tests/requests.rs",
        "bodies_have_a_deadline",
    ),
    (
        "Size of a body without them",
        "src/server/tests/requests.rs",
        "bodies_are_bounded_by_what_is_known_of_the_caller",
    ),
    (
        "Time of a body without them",
        "src/server/tests/requests.rs",
        "bodies_have_a_deadline",
    ),
    (
        "Time of reading an answer",
        "src/server/tests/requests.rs",
        "an_answer_that_is_not_read_is_not_kept",
    ),
    (
        "Message of an error",
        "src/server/edge/http/reply.rs",
        "an_error_does_not_grow_with_what_it_quotes",
    ),
    (
        "Distinct channels of a batch",
        "src/server/tests/requests.rs",
        "a_batch_is_bounded_by_its_products_before_it_starts",
    ),
    (
        "Messages of a batch times their channels",
        "src/server/tests/requests.rs",
        "a_batch_is_bounded_by_its_products_before_it_starts",
    ),
    (
        "Size of a batch times its channels",
        "src/server/tests/requests.rs",
        "a_batch_is_bounded_by_its_products_before_it_starts",
    ),
    (
        "Items of a page",
        "src/server/tests/limits.rs",
        "a_page_has_bounded_items",
    ),
    (
        "Size of a token",
        "src/server/tests/limits.rs",
        "a_token_has_a_bounded_size",
    ),
    (
        "Targets of a revocation",
        "src/server/tests/requests.rs",
        "a_revocation_has_bounded_targets",
    ),
    (
        "Revocations of an app in force",
        "src/server/core/revoked.rs",
        "no_revocation_in_force_gives_way_to_a_new_one",
    ),
    (
        "Apps that are created",
        "src/server/core/budget.rs",
        "shares_are_given_back",
    ),
    (
        "Memory of what apps are created with, over all of them",
        "src/server/tests/requests.rs",
        "apps_that_anybody_creates_share_a_budget",
    ),
    (
        "Size of the name of an app",
        "src/server/tests/faults.rs",
        "an_app_is_called_as_its_maker_says_in_the_keys_of_a_seed",
    ),
    (
        "Keys of an app",
        "src/server/tests/requests.rs",
        "an_app_has_bounded_keys_and_channels",
    ),
    (
        "Channels that an app is created with",
        "src/server/tests/requests.rs",
        "an_app_has_bounded_keys_and_channels",
    ),
    (
        "Members that an app may allow a channel",
        "src/server/tests/requests.rs",
        "an_app_allows_a_channel_bounded_members",
    ),
    (
        "Rules of an app",
        "src/server/tests/moderation.rs",
        "an_app_has_bounded_rules",
    ),
    (
        "Events that wait for one webhook",
        "src/server/core/webhooks/queue.rs",
        "events_that_wait_are_bounded_in_number",
    ),
    (
        "Size of the events that wait for one webhook",
        "src/server/core/webhooks/queue.rs",
        "events_that_wait_are_bounded_in_size",
    ),
    (
        "Deliveries to webhooks that are kept of an app",
        "src/server/core/webhooks/log.rs",
        "deliveries_that_are_kept_are_bounded",
    ),
    (
        "Size of the requests of these deliveries",
        "src/server/core/webhooks/log.rs",
        "requests_that_are_kept_are_bounded",
    ),
    (
        "Messages of an app that are held for a person",
        "src/server/core/integrations/held.rs",
        "an_app_holds_a_bounded_number_of_messages",
    ),
    (
        "Life of an app without use",
        "src/server/tests/apps.rs",
        "an_app_that_nobody_uses_is_dropped",
    ),
    (
        "Bytes that wait for a connection",
        "src/server/edge/realtime/outbox.rs",
        "a_client_that_does_not_read_is_told_and_let_go",
    ),
    (
        "Bytes that wait for all connections of an app",
        "src/server/edge/realtime/outbox.rs",
        "app_has_a_budget_that_those_who_do_not_read_use_up",
    ),
    (
        "Time in which a connection takes nothing of what waits",
        "src/server/edge/realtime/outbox.rs",
        "client_that_takes_nothing_for_long_is_let_go",
    ),
    (
        "Size of a message after an append",
        "src/server/tests/bounds.rs",
        "message_does_not_grow_beyond_the_largest_publish",
    ),
    (
        "Name of an annotation, and its type",
        "src/server/tests/bounds.rs",
        "names_and_counts_of_annotations_are_bounded",
    ),
    (
        "Names of an annotation type of a message",
        "src/server/engine/fold/summary/tests.rs",
        "summary_stays_within_its_bounds_and_further_names_are_refused",
    ),
    (
        "Messages that a publish annotates",
        "src/server/tests/bounds.rs",
        "names_and_counts_of_annotations_are_bounded",
    ),
    (
        "Size of a summary",
        "src/server/engine/fold/summary/tests.rs",
        "summary_stays_within_its_bounds_and_further_names_are_refused",
    ),
    (
        "Clients that a summary lists for a name",
        "src/server/engine/fold/summary/tests.rs",
        "totals_stay_exact_when_clients_are_not_all_named",
    ),
    (
        "Size of the summaries that a publish changes",
        "src/server/engine/contract.rs",
        "a_publish_changes_bounded_summaries",
    ),
    (
        "Size of the members of a channel",
        "src/server/tests/bounds.rs",
        "presence_set_is_bounded_and_told_in_pages",
    ),
    (
        "Stay of members after a drop",
        "src/server/tests/recovery.rs",
        "members_outlive_a_short_drop_and_leave_after_a_long_one",
    ),
    (
        "Messages of a rewind by time",
        "src/server/tests/limits.rs",
        "a_rewind_has_bounded_messages",
    ),
    (
        "Size of what an attachment has missed",
        "src/server/tests/limits.rs",
        "what_an_attachment_has_missed_is_bounded",
    ),
    (
        "Ephemeral messages that wait for an attachment",
        "src/server/core/hub/channel.rs",
        "ephemeral_messages_that_wait_are_bounded",
    ),
    (
        "Memory of rooms in memory",
        "src/server/engine/memory/tests.rs",
        "oldest_history_of_all_channels_goes_and_is_told_as_a_gap",
    ),
    (
        "Repeats of a publish by its key",
        "src/server/tests/limits.rs",
        "a_repeat_is_known_for_a_bounded_time",
    ),
    (
        "Size of a page of history",
        "src/server/tests/bounds.rs",
        "pages_of_large_messages_have_fewer_and_meet",
    ),
];

#[test]
fn limits_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    let page = limits::page() + &plan::page();
    if std::env::var_os("CHATCTL_REFRESH").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/limits.md is not as it would be made now; refresh it with: \
         CHATCTL_REFRESH=1 cargo test --test it limits"
    );
}

#[test]
fn each_limit_is_reached_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for limit in LIMITS.iter().flat_map(|group| group.limits) {
        let reached = REACHED.iter().any(|(name, file, test)| {
            *name == limit.name
                && std::fs::read_to_string(root.join(file))
                    .is_ok_and(|text| text.contains(&format!("fn {test}(")))
        });
        if !reached {
            missing.push(limit.name);
        }
    }
    assert!(missing.is_empty(), "no test reaches: {missing:#?}");
    for (name, ..) in REACHED {
        let is_known = LIMITS
            .iter()
            .flat_map(|group| group.limits)
            .any(|limit| limit.name == *name);
        assert!(is_known, "'{name}' is not a limit");
    }
}

/// The test in `src/server/tests/plans.rs` that reaches each limit of a plan, by its key.
const FIGURES_REACHED: &[(&str, &str)] = &[
    ("inbound-rate", "connection_publishes_at_its_rate"),
    (
        "outbound-rate",
        "deliveries_over_the_rate_are_dropped_and_told_as_a_discontinuity",
    ),
    (
        "channel-rate",
        "channel_takes_messages_at_its_rate_from_all_publishers",
    ),
    ("channel-bandwidth", "channel_takes_bytes_at_its_rate"),
    ("message-rate", "server_counts_messages_in_and_out"),
    ("request-rate", "requests_are_answered_at_their_rate"),
    (
        "connection-limit",
        "connections_and_channels_and_members_are_counted",
    ),
    (
        "connect-rate",
        "new_connections_are_let_in_at_their_rate_and_may_try_again",
    ),
    (
        "channel-limit",
        "connections_and_channels_and_members_are_counted",
    ),
    ("activation-rate", "channels_become_active_at_their_rate"),
    (
        "connection-channels",
        "connections_and_channels_and_members_are_counted",
    ),
    (
        "members",
        "connections_and_channels_and_members_are_counted",
    ),
    (
        "webhook-rate",
        "beyond_the_rate_of_a_plan_events_are_dropped",
    ),
    (
        "webhook-requests",
        "single_events_do_not_wait_for_each_other",
    ),
    (
        "webhook-queue",
        "with_a_plan_few_events_wait_and_the_rest_is_dropped",
    ),
    (
        "webhook-batch",
        "batches_go_once_a_second_in_order_with_what_came_meanwhile",
    ),
    ("message-size", "messages_have_the_size_of_the_plan"),
];

#[test]
fn each_figure_of_a_plan_is_reached_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/tests");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let tests = read("plans.rs") + &read("webhooks.rs");
    let keys: Vec<&str> = FIGURES.iter().map(|figure| figure.key).collect();
    let reached: Vec<&str> = FIGURES_REACHED.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys, reached);
    for (key, test) in FIGURES_REACHED {
        assert!(tests.contains(&format!("fn {test}(")), "{key}");
    }
}

#[test]
fn plan_of_the_config_is_changed_by_its_figures_and_by_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    let text = "[limits]\nplan = \"free\"\nconnection-limit = 1\n";
    std::fs::write(&config, text).unwrap();
    let config_path = config.to_str().unwrap();
    let listen = ["--listen", "127.0.0.1:0", "--config", config_path];
    let server = Server::start_with(&listen);
    let _tail = server.tail(&["lobby"]);
    let another = ["room", "tail", "lobby", "--limit", "1"];
    let refused = server.chatctl(&another).run().exits(3);
    assert!(refused.stderr.contains("40111"), "{refused:?}");
    for plan in ["off", "free", "standard", "pro"] {
        let flags = [&listen[..], &["--limits", plan]].concat();
        Server::start_with(&flags)
            .chatctl(&["room", "send", "lobby", "hello"])
            .run()
            .exits(0);
    }
    chatctl(&["serve", "--limits", "enterprise"])
        .with_key()
        .run()
        .exits(2);
    let shares = |limits: &[&str]| {
        let flags = [&["exec", "--limits-share"], limits, &["--", "true"]].concat();
        chatctl(&flags).env("PATH", &path()).run()
    };
    shares(&["--limits", "free"]).exits(0);
    let ran = shares(&[]).exits(125);
    assert!(ran.stderr.contains("add --limits free"), "{ran:?}");
    std::fs::write(&config, "[limits]\nplan = \"enterprise\"\n").unwrap();
    let ran = chatctl(&["serve", "--config", config_path])
        .with_key()
        .run()
        .exits(2);
    assert!(ran.stderr.contains("limits.plan"), "{ran:?}");
}
