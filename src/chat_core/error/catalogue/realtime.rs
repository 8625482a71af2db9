//! Codes of connections, channels, presence and annotations: 80xxx to 93xxx.

use super::entry::{Entry, entries};

entries! {
    80000 400 connection_failed "connection failed"
        "The client is offline and does not retry by itself"
        "The connection could not be made, or it broke for good; the cause says why"
        "check the endpoint, the credentials and the network, then connect again";
    80001 0 connection_failed_no_transport "no transport works"
        "The client can't connect from this network"
        "Neither WebSocket nor HTTP got through"
        "check proxies and firewalls";
    80002 400 connection_suspended "connection suspended"
        "The client has been offline for about two minutes; messages of that time are not replayed"
        "The network or the service can't be reached; the client retries from time to time"
        "check the endpoint and the network; read the history once connected";
    80003 400 connection_disconnected "disconnected"
        "The client is offline for a moment and reconnects by itself; nothing is lost within two minutes"
        "The network broke, nothing was heard for too long, the client did not read, or the server is shutting down"
        "nothing to do in an app; in a script, run the command again";
    80004 0 connection_already_established "connection already open"
        "The second attempt had no effect"
        "The client was told to connect while it is connected"
        "keep the first connection";
    80005 0 connection_no_longer_available "connection can't be resumed"
        "A new connection was made, so messages may have been missed"
        "The old one's state is no longer stored"
        "read the history for what was missed";
    80006 0 connection_messages_expired "missed messages have expired"
        "The connection was resumed, but messages were missed"
        "Those in between were no longer stored"
        "read the history for what was missed";
    80007 0 connection_message_limit_exceeded "too many missed messages"
        "The connection was resumed, but messages were missed"
        "More was sent in between than is stored for a resume"
        "read the history for what was missed";
    80008 400 connection_recovery_failed_on_an_outdated_sdk "connection can't be recovered"
        "A new connection is needed, so messages may have been missed"
        "It was away for longer than its state is stored, its key is unknown, or the SDK is outdated"
        "connect again, and read the history for what was missed";
    80009 0 connection_not_established "not connected"
        "The operation was not sent"
        "It needs a connection and there is none"
        "connect first";
    80010 0 invalid_operation_on_the_connection "wrong connection state"
        "The operation was not sent"
        "The connection is closing, closed or failed"
        "wait until the connection is connected, or open it again";
    80011 0 connection_incompatible_auth_params "connection belongs to other credentials"
        "The connection was not recovered"
        "It was opened with another key, app or clientId"
        "open a new connection";
    80012 0 connection_invalid_serial "resumed without a position"
        "The connection goes on, but messages may have been missed"
        "The client did not say what it had received"
        "read the history for what was missed";
    80013 0 protocol_error "invalid protocol message"
        "The frame was refused, and often the connection with it"
        "It is not a protocol message, or in another format than the connection asked for"
        "use an SDK; with your own client, send the format named when connecting";
    80014 504 connection_timed_out "connection timed out"
        "The client could not connect, or got no answer in time"
        "The service or the network is slow or unreachable"
        "check the endpoint and the network";
    80015 0 incompatible_connection_parameters "incompatible connection parameters"
        "The connection was refused"
        "Two parameters contradict each other, or one is not supported"
        "leave the parameters to the SDK";
    80016 410 connection_replaced_by_a_newer_one "replaced by a newer connection"
        "This transport ends; the newer one carries on"
        "The client has connected again in the meantime"
        "nothing to do";
    80017 400 connection_closed "connection closed"
        "The client is offline on purpose"
        "It was closed on request"
        "nothing to do, or connect again";
    80018 400 invalid_connection_key "invalid connection key"
        "A new connection was made, so messages may have been missed"
        "The text given to resume or recover is not a connection key"
        "connect without it, and read the history for what was missed";
    80019 401 token_request_failed "token request failed"
        "The client can't connect; with status 403 it stops trying"
        "The authUrl or authCallback failed; the cause says why"
        "run `chatctl auth check URL` with the authUrl: it shows status, Content-Type and token";
    80020 400 connection_discontinuity_message_rate_exceeded "deliveries dropped for a rate"
        "Messages were missed in some rooms, which go on"
        "More was sent to the connection than its rate allows"
        "subscribe to fewer rooms, and read the history for what was missed";
    80021 429 rate_limit_exceeded_account_connection_creation "account opens connections too fast"
        "The connection was refused; the SDK retries"
        "Many clients connect at once"
        "have clients wait a random time before they reconnect";
    80022 410 connection_not_found "unknown connection"
        "The SDK opens another connection, so messages may have been missed"
        "The service no longer knows this one"
        "connect again, and read the history for what was missed";
    80023 400 connection_re_established_in_a_different_region "reconnected in another region"
        "A new connection was made, so messages may have been missed"
        "The old one's state is not stored in the new region"
        "read the history for what was missed";
    80024 400 outdated_ably_sdk_version "SDK out of date"
        "The client will not be able to connect for much longer"
        "The way in which the SDK connects is being switched off"
        "update the SDK";
    80030 0 client_restriction_not_satisfied "client restriction not met"
        "The connection was refused"
        "The app admits only some kinds of client"
        "see the app's settings";
    90000 0 channel_operation_failed "channel operation failed"
        "The operation on the room had no effect"
        "A fault without a code of its own"
        "read the message and its cause";
    90001 404 channel_operation_failed_invalid_channel_state "wrong channel state"
        "The operation was not done: the room is not attached"
        "The channel is detached, suspended or failed"
        "attach first, and look at what ended the attachment";
    90002 0 channel_history_could_not_be_retrieved "history position unavailable"
        "The history could not be read from there"
        "The position is no longer stored, or the query is incomplete"
        "ask from a later position";
    90003 404 channel_continuity_not_guaranteed "continuity lost"
        "The room goes on, but messages may have been missed"
        "The gap is older than what is stored for a resume"
        "read the history from the last message that was seen";
    90004 404 channel_backlog_too_large "too many missed messages"
        "The room goes on, and the rest of what was missed is left out"
        "More was sent than one replay may hold"
        "read the history from the last message that was seen";
    90005 404 channel_resumed_in_a_different_region "room resumed in another region"
        "The room goes on, but messages may have been missed"
        "Messages of two regions can't be lined up for a replay"
        "read the history from the last message that was seen";
    90006 0 channel_history_request_had_no_limit "history without a limit"
        "No history was returned"
        "The request did not say how many messages it wants"
        "give a limit";
    90007 408 channel_operation_timed_out "channel operation timed out"
        "The room did not attach or detach in time; the SDK retries"
        "The service or the network is slow"
        "try again, and see whether the connection is healthy";
    90008 400 attach_point_not_found "attachment too old for this history"
        "The history before the attachment could not be read"
        "The point at which it began is no longer stored"
        "attach again, and ask again";
    90009 0 subscribe_mode_not_enabled "channel delivers no messages"
        "Listeners of the room never fire"
        "It is attached without the mode SUBSCRIBE"
        "ask for the mode in the channel's options, and grant subscribe";
    90010 400 too_many_channels "too many channels"
        "The room can't be attached; the others go on"
        "The connection, or a batch, has as many channels as it may"
        "release rooms that are not needed, or open another connection";
    90021 429 rate_limit_exceeded_account_channel_creation "account activates channels too fast"
        "The room can't be attached yet; the SDK retries"
        "Many rooms became active at once"
        "attach more slowly";
    91000 400 cannot_enter_presence_without_a_client_id "presence without a clientId"
        "The client did not enter"
        "An anonymous client can't be a presence member"
        "put a clientId into the token, or give one with the key";
    91001 400 cannot_enter_presence_in_the_channels_current_state "presence in the wrong channel state"
        "The client did not enter, update or leave"
        "The room is not attached"
        "attach first, and wait until that is done";
    91002 0 cannot_leave_presence_that_was_never_entered "not a presence member"
        "Nothing changed"
        "A client left that had not entered"
        "enter first";
    91003 400 too_many_presence_members "presence set full"
        "The client did not enter; it can still read and send"
        "The room has as many presence members as it may"
        "let members leave, or use occupancy to count";
    91004 400 unable_to_automatically_re_enter_presence "presence re-entry failed"
        "After a reconnect the client is no longer shown as present"
        "Its own member could not be restored; the cause says why"
        "enter again";
    91005 400 presence_state_out_of_sync "presence set out of sync"
        "The list of members may be wrong for a moment"
        "Client and service disagree on who is present"
        "nothing to do: a sync follows";
    91006 0 total_presence_set_data_too_large "presence data too large"
        "The client did not enter or update"
        "The data of all members together is over the limit"
        "enter with less data";
    91007 500 unexpected_loss_of_presence_membership "presence member lost"
        "A member disappeared for a moment; the SDK enters again"
        "The service lost a client that is still connected"
        "nothing to do";
    91008 0 presence_subscribe_mode_not_enabled "presence not delivered"
        "The list of members stays empty"
        "The channel is attached without the mode PRESENCE_SUBSCRIBE"
        "ask for the mode in the channel's options, and grant subscribe";
    91100 0 presence_member_left_as_their_connection_closed "member left with its connection"
        "The member is no longer shown as present"
        "Its connection ended"
        "nothing to do: this is the reason for the leave";
    93001 400 annotation_subscribe_mode_not_enabled "annotation events not requested"
        "Raw message reactions are not delivered; summaries are"
        "The channel is attached without the mode ANNOTATION_SUBSCRIBE"
        "set rawMessageReactions in the room's options, and grant annotation-subscribe";
    93002 400 message_updates_not_enabled "message updates not enabled"
        "Reactions, updates and deletes are refused on this channel"
        "The namespace does not have mutable messages"
        "enable them for the namespace; Chat's rooms have them already";
}
