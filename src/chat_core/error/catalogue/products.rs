//! Codes of products beside Chat: integrations, Exchange, LiveSync, LiveObjects, Spaces, push, AI Transport.

use super::entry::{Entry, entries};

entries! {
    70000 0 integration_operation_failed "integration failed"
        "Chat is not affected: an integration of the app missed an event"
        "A fault without a code of its own"
        "see the integration's log in the dashboard";
    70001 503 integration_invocation_failed "integration target not reached"
        "Chat is not affected: an integration of the app missed an event"
        "The target refused the connection or the data"
        "check the target's address, and that it runs";
    70002 0 integration_target_returned_an_error_status "integration target answered with an error"
        "Chat is not affected: an integration of the app missed an event"
        "The answer was not a 2xx"
        "see the target's own log";
    70003 0 too_many_concurrent_integration_requests "integration call skipped"
        "Chat is not affected: an integration of the app missed an event"
        "Too many of its requests were under way"
        "make the target faster, or batch the integration";
    70004 0 integration_refused_to_process_a_message "integration target rejected a message"
        "Chat is not affected: an integration of the app missed an event"
        "The target called it invalid or unsupported"
        "compare the message with what the target expects";
    70005 0 amqp_message_delivery_timed_out "queue delivery timed out"
        "Chat is not affected: an integration of the app missed an event"
        "The queue did not take the message in time"
        "check that the queue's consumers keep up";
    70006 0 amqp_message_queue_busy "queue busy"
        "Chat is not affected: an integration of the app missed an event"
        "The queue took no message at that moment"
        "check that the queue's consumers keep up";
    71000 0 exchange_error "Exchange error"
        "Chat does not use the Ably Exchange"
        "A fault without a code of its own"
        "read the message";
    71001 0 forced_re_attachment_after_permissions_change "channel reattached after a permission change"
        "Chat does not use the Ably Exchange"
        "The channel's permissions in the Exchange changed"
        "nothing to do, if the new permissions suffice";
    71100 0 exchange_publisher_error "Exchange publisher error"
        "Chat does not use the Ably Exchange"
        "A fault without a code of its own"
        "read the message";
    71101 0 publisher_not_found "unknown Exchange publisher"
        "Chat does not use the Ably Exchange"
        "There is no publisher with this id"
        "check the id";
    71102 0 publisher_not_enabled_for_exchange "not an Exchange publisher"
        "Chat does not use the Ably Exchange"
        "The party is not enabled for the Exchange"
        "ask the party to publish there";
    71200 0 exchange_product_error "Exchange product error"
        "Chat does not use the Ably Exchange"
        "A fault without a code of its own"
        "read the message";
    71201 0 product_not_found "unknown Exchange product"
        "Chat does not use the Ably Exchange"
        "There is no product with this id"
        "check the id";
    71202 0 product_disabled "Exchange product disabled"
        "Chat does not use the Ably Exchange"
        "Its publisher switched it off"
        "ask the publisher";
    71203 0 channel_not_part_of_product "channel outside the Exchange product"
        "Chat does not use the Ably Exchange"
        "The product does not include the channel"
        "check the channel's name";
    71204 0 forced_re_attachment_after_product_remapping "channel reattached after a product change"
        "Chat does not use the Ably Exchange"
        "The product points at another namespace"
        "nothing to do, if the new one is right";
    71300 0 exchange_subscription_error "Exchange subscription error"
        "Chat does not use the Ably Exchange"
        "A fault without a code of its own"
        "read the message";
    71301 0 subscription_disabled "Exchange subscription disabled"
        "Chat does not use the Ably Exchange"
        "The subscription was switched off"
        "enable it";
    71302 0 no_subscription_to_product "no subscription to the product"
        "Chat does not use the Ably Exchange"
        "The app never subscribed to it"
        "subscribe to the product first";
    71303 0 channel_outside_subscription_filter "channel outside the subscription's filter"
        "Chat does not use the Ably Exchange"
        "The filter leaves the channel out"
        "widen the filter";
    72000 500 livesync_operation_failed "LiveSync connector failed"
        "Chat does not use LiveSync, the database connector"
        "A fault without a code of its own"
        "see the connector's log";
    72001 0 livesync_publish_failed "LiveSync could not publish a change"
        "Chat does not use LiveSync, the database connector"
        "The publish was refused"
        "check the connector's key and channel";
    72002 500 livesync_table_unhealthy "LiveSync table unreadable"
        "Chat does not use LiveSync, the database connector"
        "The table or collection is gone, or not readable"
        "check the table and the rights of the connector's user";
    72003 500 livesync_cannot_connect_db "LiveSync can't reach its database"
        "Chat does not use LiveSync, the database connector"
        "Address, credentials or network are wrong"
        "check the connection string";
    72004 400 livesync_no_channel_key "LiveSync change without a channel"
        "Chat does not use LiveSync, the database connector"
        "The change does not say where to publish it"
        "give the change a channel";
    72005 400 livesync_invalid_pipeline "invalid LiveSync pipeline"
        "Chat does not use LiveSync, the database connector"
        "The database refused the pipeline"
        "try the pipeline in the database's own shell";
    72006 500 livesync_cannot_resume "LiveSync position unreadable"
        "Chat does not use LiveSync, the database connector"
        "The resume token is gone or damaged"
        "restart the connector from the beginning";
    72007 500 livesync_cannot_store_resume_token "LiveSync position not saved"
        "Chat does not use LiveSync, the database connector"
        "The database refused the resume token"
        "check the rights of the connector's user";
    72008 0 livesync_change_stream_history_lost "LiveSync position too old"
        "Chat does not use LiveSync, the database connector"
        "The database no longer has the changes since then"
        "restart the connector, and have the database keep changes for longer";
    92000 400 invalid_object_message "invalid object message"
        "Chat does not use LiveObjects"
        "It has a form that the service does not accept"
        "leave it to the SDK";
    92001 400 object_limit_exceeded "objects too large"
        "Chat does not use LiveObjects"
        "One object, or all of the channel's, exceed the limit"
        "store less in them";
    92002 400 operation_on_tombstone_object "object was deleted"
        "Chat does not use LiveObjects"
        "The operation came after the delete"
        "get the object again";
    92003 400 object_root_deleted "root object was deleted"
        "Chat does not use LiveObjects"
        "The root can't be used any more"
        "report it: the root should not be deletable";
    92004 404 object_not_found "no such object"
        "Chat does not use LiveObjects"
        "The id is unknown"
        "check the id";
    92005 400 no_objects_at_path "no object at this path"
        "Chat does not use LiveObjects"
        "The path matches nothing"
        "check the path";
    92006 400 object_operation_missing_identifier_or_path "neither object nor path given"
        "Chat does not use LiveObjects"
        "The operation does not say what it is about"
        "give an object's id or a path";
    92007 400 object_operation_path_not_processable "operation does not suit the object"
        "Chat does not use LiveObjects"
        "The object at the path is of another type"
        "check what is at the path";
    92008 400 objects_sync_did_not_complete "objects not yet synced"
        "Chat does not use LiveObjects"
        "The sync has not ended"
        "wait for the sync";
    101_000 400 space_name_is_empty "space without a name"
        "Chat does not use Spaces"
        "The name is empty"
        "give the space a name";
    101_001 400 space_must_be_entered_first "space not entered"
        "Chat does not use Spaces"
        "The operation is for members who entered"
        "enter the space first";
    101_002 400 lock_request_already_pending "lock already requested"
        "Chat does not use Spaces"
        "This member is waiting for the lock"
        "wait for the answer";
    101_003 400 lock_already_held "lock held by another member"
        "Chat does not use Spaces"
        "Somebody else holds the lock"
        "wait until it is released";
    101_004 400 lock_invalidated_by_concurrent_request "lock lost to another request"
        "Chat does not use Spaces"
        "Two members asked at the same time"
        "ask again";
    103_000 0 unable_to_publish_push_notification "push notification failed"
        "Chat is not affected: a push notification did not arrive"
        "A fault inside the service"
        "try again; report it if it persists";
    103_001 0 push_publish_retries_exhausted "push retries used up"
        "Chat is not affected: a push notification did not arrive"
        "All attempts failed"
        "see the app's push log";
    103_002 0 push_direct_publish_no_recipient "push without a recipient"
        "Chat is not affected: a push notification did not arrive"
        "A direct publish names no device or clientId"
        "name one";
    103_003 0 push_cannot_handle_body "unusable push body"
        "Chat is not affected: a push notification did not arrive"
        "It has a form that the provider does not accept"
        "compare it with the provider's documentation";
    103_004 0 push_notification_rejected_by_provider "push provider refused the notification"
        "Chat is not affected: a push notification did not arrive"
        "Its payload or parameters are invalid"
        "read the provider's answer in the message";
    103_005 0 push_device_token_invalid "push device token invalid"
        "Chat is not affected: a push notification did not arrive"
        "The token has lapsed, or was never valid"
        "have the device register again";
    103_006 0 push_transport_not_configured "push not configured"
        "Chat is not affected: a push notification did not arrive"
        "The app has no credentials for this provider"
        "add them in the app's push settings";
    103_007 0 push_notification_provider_unreachable "push provider not reached"
        "Chat is not affected: a push notification did not arrive"
        "The provider is down or slow"
        "try again later";
    103_008 0 push_transport_credentials_invalid "push credentials refused"
        "Chat is not affected: a push notification did not arrive"
        "The provider does not accept the app's credentials"
        "renew them in the app's push settings";
    103_009 500 push_not_enabled_for_cluster "push not available on this cluster"
        "Chat is not affected: a push notification did not arrive"
        "The operator does not offer it"
        "ask the operator";
    104_000 500 streamed_message_finalize_failed "streamed message incomplete"
        "Chat does not use AI Transport"
        "An append was lost, and its repair failed"
        "send the message again";
    104_001 500 session_subscription_failed "session could not connect"
        "Chat does not use AI Transport"
        "Subscribing or attaching failed"
        "read the cause";
    104_002 500 run_cancel_handler_failed "cancel handler failed"
        "Chat does not use AI Transport"
        "The app's onCancel hook threw"
        "fix the hook";
    104_003 500 run_lifecycle_event_publish_failed "run event not published"
        "Chat does not use AI Transport"
        "The start, a step or the end of a run was refused"
        "read the cause";
    104_004 400 session_closed "session closed"
        "Chat does not use AI Transport"
        "The session was used after it was closed"
        "open another session";
    104_005 0 session_send_failed "input not delivered"
        "Chat does not use AI Transport"
        "Neither the channel nor HTTP took it"
        "read the cause, and send again";
    104_006 500 session_continuity_not_guaranteed "session may have missed events"
        "Chat does not use AI Transport"
        "The channel lost continuity"
        "load the session's history";
    104_007 400 session_channel_not_ready "session channel not attached"
        "Chat does not use AI Transport"
        "The channel is neither attached nor attaching"
        "attach the channel";
    104_008 500 run_response_stream_failed "response stream broke off"
        "Chat does not use AI Transport"
        "The stream of a run ended early"
        "run it again";
    104_009 500 session_message_processing_failed "session message not processed"
        "Chat does not use AI Transport"
        "The message has an unexpected form"
        "read the cause";
    104_010 504 adopted_run_start_not_observed "run start never seen"
        "Chat does not use AI Transport"
        "An adopted run's start did not arrive"
        "check that the run was started";
    104_011 500 session_history_fetch_failed "session history not loaded"
        "Chat does not use AI Transport"
        "The request failed"
        "read the cause";
    104_012 500 run_steer_handler_failed "steer handler failed"
        "Chat does not use AI Transport"
        "The app's onSteer hook threw"
        "fix the hook";
    104_013 500 run_cancel_routing_failed "cancel did not reach its run"
        "Chat does not use AI Transport"
        "No way to the run was found"
        "read the cause";
}
