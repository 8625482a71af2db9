//! Codes of malformed requests: up to 400xx.

use super::entry::{Entry, entries};

entries! {
    10000 0 no_error "no error"
        "Nothing went wrong; the field needs a code and there is none to give"
        "A success was reported in a place made for errors"
        "nothing to do";
    20000 0 general_error "general error"
        "An operation failed for a reason that has no code of its own"
        "The service or the SDK had no narrower code"
        "read the message and its cause";
    40000 400 bad_request "malformed request"
        "The request was refused as a whole; nothing was sent or changed"
        "A field, a frame or a capability does not have the form that the service expects"
        "read the message: it names the part that is wrong";
    40001 400 invalid_request_body "unusable request body"
        "The request was refused as a whole; nothing was sent or changed"
        "The body is not valid JSON or MessagePack, or a required field is missing or has the wrong type"
        "check the body, and that Content-Type names its format";
    40002 400 invalid_request_parameter_name "unknown parameter"
        "The request was refused because of a parameter that this operation does not have"
        "A misspelt parameter, or one that belongs to another operation"
        "check the spelling against the documentation of the operation";
    40003 400 invalid_parameter_value "invalid parameter value"
        "The request was refused because a parameter has the wrong type, range or form"
        "Most often a token lifetime over 24 hours (1 hour for a key with revocable tokens), a nonce shorter than 16 characters, or a text that can't be a serial"
        "check the units: JWT times are in seconds, those of TokenRequests in milliseconds";
    40004 400 invalid_request_header "missing or invalid header"
        "The request was refused before its body was read"
        "A header that the request needs is absent, or has a value that is not accepted"
        "compare the headers with the documentation of the operation";
    40005 400 invalid_credential "unreadable credential"
        "Nobody was authenticated: the text is not shaped like a key or a token"
        "The key or token is empty, cut short, wrapped in quotes or JSON, or something else altogether"
        "pass a key as appId.keyId:secret, and a token whole, without quotes or line breaks";
    40006 400 message_contains_invalid_connection_id "message names another connection"
        "The message was not published"
        "Its connectionId or connectionKey is not the publisher's"
        "leave both out; the service sets them";
    40007 400 invalid_connection_serial "invalid connection serial"
        "The connection was not resumed, so messages may have been missed"
        "An old SDK resumed with a serial that the service does not know"
        "update the SDK, and read the history for what was missed";
    40008 400 invalid_content_length "body longer than Content-Length"
        "The request was refused"
        "The request announced fewer bytes than it sent"
        "let the HTTP library set Content-Length, and look for a proxy that changes the body";
    40009 413 max_message_size_exceeded "message too large"
        "The message was not sent; smaller ones still are"
        "Text, metadata, headers, name and clientId together exceed the account's limit, 64 KiB by default"
        "send less, or send a link to content that is stored elsewhere";
    40010 400 invalid_channel_name "invalid channel name"
        "No room or channel of this name can exist"
        "The name is empty, begins with '[' or ':', or has a character that names may not contain"
        "rename the room or channel";
    40011 400 pagination_sequence_no_longer_valid "page no longer available"
        "The list of rooms or channels stopped in the middle"
        "The set of channels changed while it was being listed"
        "list again from the first page";
    40012 400 invalid_client_id "invalid or foreign clientId"
        "The operation was refused: it would act as somebody the credentials don't allow"
        "The clientId is empty, '*' or not a string, differs from the token's, or an anonymous client named one"
        "put the clientId into the token, and leave it out of operations";
    40013 400 invalid_data_or_encoding "unsupported data or encoding"
        "The message was not published, or could not be decoded"
        "The data is not text, bytes or JSON, or does not match the encoding that is declared"
        "send a string, an object, an array or bytes";
    40014 400 resource_disposed "object already released"
        "The call had no effect: its room or client is gone"
        "A room or client was used after it was released or disposed"
        "get the room again with rooms.get";
    40015 400 invalid_device_id "invalid device id"
        "The push device was not registered or found"
        "The deviceId is missing or malformed"
        "register the device again and use the id from the answer";
    40016 400 invalid_message_name "invalid message name"
        "The message was not published"
        "The name of a Pub/Sub message has a form that is not accepted"
        "use a short text without control characters";
    40017 400 unsupported_protocol_version "unsupported protocol version"
        "The client could not talk to the service at all"
        "The version in `v` or X-Ably-Version is missing or not supported"
        "update the SDK, and let it set the version";
    40018 400 delta_decoding_failed "delta not decodable"
        "One update arrived as a difference that could not be applied; the SDK recovers by itself"
        "The SDK lacks the message that the delta builds on"
        "nothing to do: the SDK reattaches and gets the whole message";
    40019 400 missing_plugin "missing SDK plugin"
        "The call failed before anything was sent"
        "The call needs an optional part of the SDK that was not passed to it"
        "pass the plugin in the client options";
    40020 400 batch_request_error "part of a batch failed"
        "Some items of the batch were done and others were not"
        "At least one item was refused"
        "read the error of each item, and repeat only those that failed";
    40021 400 feature_requires_a_newer_platform_version "feature not yet on this platform"
        "The feature is not available where you are connected"
        "It needs a later platform release than the one that answered"
        "try again later, or ask the operator which release runs";
    40022 400 api_streamer_no_longer_offered "API Streamer discontinued"
        "Not part of Chat; the product was shut down"
        "A client still uses the API Streamer"
        "subscribe with an SDK instead";
    40023 400 operation_requires_a_newer_sdk_version "SDK too old for this feature"
        "The feature can't be used with this client"
        "It needs a later version of the SDK"
        "update the SDK";
    40024 400 incompatible_site_for_history "history from another region"
        "The history up to the attachment could not be read"
        "It was asked of another region than the one that is attached"
        "detach, attach again, and ask for the history again";
    40025 400 api_no_longer_supported "no longer supported"
        "The call was refused; no later version will accept it"
        "The method or feature was removed"
        "use the replacement that the SDK's changelog names";
    40030 400 invalid_publish_request "invalid publish"
        "The message was not published"
        "The publish request has a fault without a code of its own"
        "read the message: it names the part that is wrong";
    40031 400 invalid_client_specified_message_id "invalid message id"
        "The message was not published"
        "An id chosen by the publisher is blank, lacks the form BASE:INDEX, or is missing on some messages of the array"
        "give no ids at all, or give every message BASE:INDEX with one base, counted from 0";
    40032 400 invalid_message_extras_field "invalid message extras"
        "The message was not published"
        "`extras` has an unknown member or a value of the wrong type"
        "put your own data into metadata or headers";
    40033 400 operation_canceled "operation cancelled"
        "The outcome is unknown: the operation may or may not have taken effect"
        "Its connection or request ended first"
        "check whether the change was made, then repeat it";
    40034 400 too_many_messages_in_one_publish "too many messages in one publish"
        "None of the messages was published"
        "The number of messages is over the limit, whatever their size"
        "publish them in smaller groups";
    40035 400 integration_message_filter_regex_not_re2_compatible "filter needs unsupported regex syntax"
        "The integration rule was not saved; chat itself is not affected"
        "The filter uses look-around or back-references, which RE2 does not have"
        "write the filter without them";
    40099 400 reserved_for_testing "reserved for testing"
        "Only tests see this code"
        "A test asked for it, such as a fault that was injected"
        "nothing to do";
}
