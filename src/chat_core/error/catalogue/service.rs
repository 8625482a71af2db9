//! Codes of what does not exist, of limits and of failures of the service: 404xx to 6xxxx.

use super::entry::{Entry, entries};

entries! {
    40400 404 not_found "not found"
        "There is no such message, room path, key or app"
        "A wrong serial or room, a deleted app, or a mistyped path. With status 401 the app exists and the key does not"
        "check the key's name, or that the message belongs to this room";
    40500 405 method_not_allowed "method not allowed"
        "The request was refused; nothing changed"
        "The path exists, but not with this HTTP method"
        "check the method in the documentation of the operation";
    40900 409 conflict "conflict"
        "The change was not made"
        "Its target changed in the meantime, or exists already"
        "read the present state, and repeat what still applies";
    41001 410 push_device_registration_expired "push registration expired"
        "The device gets no push notifications until it registers again"
        "The device was not seen for too long"
        "register the device again";
    42200 422 unprocessable_content "message rejected"
        "The message was not published; the sender may change it and try again"
        "A rule or hook of the app did not let it through"
        "change the message";
    42210 422 content_rejected "message rejected by a content check"
        "The message was not published; the sender may change it and try again"
        "A check of the app, which is not named, did not let it through"
        "change the message";
    42211 422 content_rejected_by_before_publish_integration "message rejected by a before-publish rule"
        "The message was not published; the sender may change it and try again"
        "A moderation hook of the app refused it"
        "change the message; the error's detail says which rule";
    42212 422 content_rejected_by_validation "message failed validation"
        "The message was not published"
        "It does not have the form that the app's validation requires"
        "change the message";
    42213 422 content_rejected_by_moderation "message rejected by moderation"
        "The message was not published; nobody in the room saw it"
        "Moderation flagged its text"
        "change the text";
    42910 429 rate_limit_exceeded_generic "too many requests or messages"
        "The message was refused; the connection goes on"
        "A rate limit without a code of its own was exceeded"
        "send more slowly, and retry with growing pauses";
    42911 429 rate_limit_exceeded_per_connection_inbound "connection publishes too fast"
        "The message was refused; the connection goes on"
        "The connection's publish rate, or that of the claim ably.limits.publish.perAttachment.maxRate, was exceeded"
        "send more slowly, or in batches";
    42912 429 rate_limit_channel_iteration_in_progress "channels already being listed"
        "The list was refused"
        "Only one listing of an app's channels may run at a time"
        "wait until the other one ends";
    42913 429 rate_limit_exceeded_per_channel_inbound "too many messages in the room"
        "The message was refused for everybody who sends here, until the rate falls"
        "All publishers of the channel together exceed its message rate"
        "send more slowly, or spread users over several rooms";
    42914 429 rate_limit_exceeded_per_channel_bandwidth "too much data in the room"
        "The message was refused for everybody who sends here, until the rate falls"
        "All publishers of the channel together exceed its bytes per second"
        "send smaller messages, or more slowly";
    42915 429 rate_limit_exceeded_per_connection_outbound "deliveries to a connection dropped"
        "A client missed messages; it is told so by 80020"
        "More was sent to the connection than its rate allows. Seen in statistics only"
        "subscribe to fewer rooms, and turn off events that are not needed";
    42916 429 rate_limit_exceeded_per_connection_backlog "replayed deliveries dropped"
        "A client missed part of what was replayed to it"
        "The replay exceeds the connection's rate. Seen in statistics only"
        "resume fewer rooms at once, and read the history";
    42917 429 rate_limit_exceeded_account_messages "account publishes too fast"
        "Part of all messages of the account is refused until the rate falls"
        "The account exceeds its message rate"
        "send more slowly, or change the package";
    42918 429 rate_limit_exceeded_account_api_requests "account makes too many requests"
        "Part of all REST calls of the account is refused until the rate falls"
        "The account exceeds its request rate"
        "ask less often, or use realtime";
    42920 429 rate_limit_exceeded_connection_fatal "connection closed for a rate"
        "The connection was closed; the SDK opens another"
        "It went far beyond a limit"
        "send more slowly";
    42921 429 rate_limit_exceeded_per_connection_inbound_fatal "connection closed for publishing too fast"
        "The connection was closed; the SDK opens another"
        "It published at about twenty times its rate"
        "send more slowly, and wait for each answer";
    42922 429 rate_limit_exceeded_too_many_requests "too many requests from this address"
        "Requests are refused before any credentials are looked at"
        "The flood protection at the edge of the service acted"
        "wait, and look for a loop that retries without a pause";
    42923 429 integration_target_rate_limit_response "integration target answered 429"
        "The integration missed an event; the message itself was published"
        "The target is over its own rate limit"
        "raise the target's limit, or batch the integration";
    42924 429 rate_limit_exceeded_protocol_message_rate_fatal "connection closed for too many frames"
        "The connection was closed; the SDK opens another"
        "It sent too many protocol messages a second, of any kind"
        "look for a loop that attaches, enters or types without end";
    42925 429 rate_limit_exceeded_account_integrations "too many integration calls"
        "Part of the integration's calls is dropped; the messages are published"
        "The account exceeds its integration rate"
        "batch or filter the integration";
    42926 429 rate_limit_exceeded_account_push_notifications "too many push notifications"
        "Part of the notifications is dropped"
        "The account exceeds its push rate"
        "send fewer, or spread them over time";
    50000 500 internal_error "internal error"
        "The outcome is unknown: the operation may or may not have taken effect"
        "A fault inside the service"
        "try again; report it if it persists";
    50001 500 internal_channel_error "internal channel error"
        "The room may be unusable for a moment; the SDK reattaches"
        "A fault inside the service"
        "try again; report it if it persists";
    50002 500 internal_connection_error "internal connection error"
        "The connection ends; the SDK opens another"
        "A fault inside the service"
        "try again; report it if it persists";
    50003 503 timeout_error "service timeout"
        "The outcome is unknown: the operation may or may not have taken effect"
        "The service ran out of time: it is overloaded or shutting down"
        "check whether the change was made, then try again in a moment";
    50004 503 server_temporarily_busy "service busy"
        "The request was refused"
        "The service has too much to do"
        "try again, with growing pauses";
    50005 503 service_temporarily_unavailable "service unavailable"
        "The request was refused"
        "The operator closed the service for the moment"
        "see the operator's status page, and try again later";
    50006 503 connection_superseded_by_a_newer_connection "connection superseded"
        "The client has a newer connection; this one ends"
        "An old SDK connected twice with the same state"
        "update the SDK";
    50010 500 edge_proxy_internal_error "edge proxy failed"
        "The request did not reach the service"
        "A fault in a proxy in front of it"
        "try again; report it if it persists";
    50205 502 routing_layer_connection_refused "router could not reach the service"
        "The request did not reach the service; an SDK tries another host"
        "A machine behind the router refused the connection"
        "try again";
    50210 502 invalid_platform_response "edge proxy got an unreadable answer"
        "The outcome is unknown"
        "The service answered the proxy with something unexpected"
        "try again; report it if it persists";
    50305 503 routing_layer_request_failed "router failed"
        "The request failed on its way; an SDK tries another host"
        "A fault inside the router"
        "try again";
    50306 503 region_temporarily_disabled "region disabled"
        "Clients of this region are sent elsewhere"
        "The operator took the region out of service"
        "let the SDK use its fallback hosts";
    50310 503 platform_temporarily_unavailable "platform unavailable"
        "The request was refused"
        "The service told its edge proxy that it is not available"
        "try again, with growing pauses";
    50320 503 traffic_temporarily_redirected "traffic redirected"
        "The request was not handled here; an SDK tries another host"
        "The operator is moving traffic"
        "try again";
    50330 503 request_reached_the_wrong_cluster "wrong cluster"
        "The request was not handled here"
        "The app is being moved, most often"
        "try again";
    50405 504 routing_layer_timed_out "router timed out"
        "The outcome is unknown: the operation may or may not have taken effect"
        "The service is slow or gone"
        "check whether the change was made, then try again";
    50410 504 edge_proxy_timed_out_waiting_for_platform "edge proxy timed out"
        "The outcome is unknown: the operation may or may not have taken effect"
        "The service behind the proxy is slow or gone"
        "check whether the change was made, then try again";
    61002 400 device_registration_client_id_mismatch "device belongs to another clientId"
        "Not part of Chat: the push registration was refused"
        "The device is registered under another clientId"
        "remove that registration, and register the device again";
}
