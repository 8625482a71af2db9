//! Codes of the Chat SDK: 102xxx.

use super::entry::{Entry, entries};

entries! {
    102_000 400 invalid_chat_room_name "invalid room name"
        "The room was not created"
        "The name is empty, or has a character that names may not contain"
        "rename the room";
    102_001 500 room_attach_failed_for_messages "messages could not attach"
        "The room is not usable"
        "The channel of the feature did not attach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_002 500 room_attach_failed_for_presence "presence could not attach"
        "The room is not usable"
        "The channel of the feature did not attach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_003 500 room_attach_failed_for_reactions "room reactions could not attach"
        "The room is not usable"
        "The channel of the feature did not attach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_004 500 room_attach_failed_for_occupancy "occupancy could not attach"
        "The room is not usable"
        "The channel of the feature did not attach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_005 500 room_attach_failed_for_typing "typing could not attach"
        "The room is not usable"
        "The channel of the feature did not attach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_050 500 room_detach_failed_for_messages "messages could not detach"
        "The room may still receive messages"
        "The channel of the feature did not detach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_051 500 room_detach_failed_for_presence "presence could not detach"
        "The room may still receive presence events"
        "The channel of the feature did not detach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_052 500 room_detach_failed_for_reactions "room reactions could not detach"
        "The room may still receive reactions"
        "The channel of the feature did not detach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_053 500 room_detach_failed_for_occupancy "occupancy could not detach"
        "The room may still receive occupancy events"
        "The channel of the feature did not detach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_054 500 room_detach_failed_for_typing "typing could not detach"
        "The room may still receive typing events"
        "The channel of the feature did not detach; the cause says why. Older Chat SDKs only"
        "read the cause, and update the SDK";
    102_100 500 room_continuity_not_guaranteed "room lost continuity"
        "The room goes on, but messages may have been missed"
        "The connection was away for too long"
        "read the history from the last message that was seen";
    102_101 400 room_is_in_the_failed_state "room has failed"
        "The operation was not done: the room is unusable until it is attached again"
        "An earlier attach failed, often because the capability does not permit it. Older Chat SDKs only"
        "look at the room's error, then release the room and get it again";
    102_102 400 room_is_being_released "room is being released"
        "The operation was not done"
        "It was called while the room was being released. Older Chat SDKs only"
        "get the room again";
    102_103 400 room_has_been_released "room was released"
        "The operation was not done"
        "It was called after rooms.release. Older Chat SDKs only"
        "get the room again";
    102_104 500 room_operation_failed_after_earlier_attempt "earlier operation failed"
        "The operation was not done"
        "It waited for another one, which failed. Older Chat SDKs only"
        "read the cause";
    102_105 500 unknown_room_lifecycle_error "room lifecycle error"
        "The room may be unusable"
        "A fault inside the SDK. Older Chat SDKs only"
        "update the SDK, and report it if it persists";
    102_106 400 room_released_before_operation_completed "room released before the operation ended"
        "There is no room: rooms.get failed"
        "rooms.release was called while rooms.get was under way"
        "await the one before you call the other";
    102_107 400 room_already_exists_with_different_options "room exists with other options"
        "No second room was created; the one that exists goes on"
        "rooms.get was called twice for one room, with different options"
        "use the same options, or release the room first";
    102_108 400 feature_not_enabled_in_room_options "feature not enabled in the room's options"
        "The subscription was refused"
        "Raw message reactions, presence events and occupancy events have to be enabled"
        "enable the feature in the options of rooms.get";
    102_109 400 history_requested_for_an_unsubscribed_listener "listener no longer subscribed"
        "The history before the subscription was not read"
        "historyBeforeSubscribe was called on a listener that was removed"
        "subscribe again";
    102_110 500 channel_serial_not_defined "channel serial missing"
        "The history before the subscription was not read"
        "The channel did not say at which point the subscription began"
        "try again once the room is attached";
    102_111 400 channel_options_modified_after_request "channel options set too late"
        "The options had no effect"
        "The room's channel exists already"
        "set the options when the room is got";
    102_112 400 room_is_in_an_invalid_state "wrong room status"
        "The operation was not done"
        "The room must be attached or attaching"
        "attach the room first";
    102_113 500 sequential_execution_could_not_be_enforced "room operations not serialized"
        "The operation was not done"
        "A fault inside the SDK"
        "update the SDK, and report it if it persists";
    102_200 400 hook_used_outside_its_provider "hook used outside its provider"
        "The React component does not render"
        "A hook of the Chat SDK needs ChatClientProvider and ChatRoomProvider above it"
        "wrap the component in the providers";
    102_201 400 component_unmounted_before_completion "component unmounted"
        "The hook's operation was abandoned"
        "The React component went away while the hook was still working"
        "nothing to do, or keep the component mounted";
    102_202 500 presence_data_could_not_be_fetched "presence could not be read"
        "The React hook shows nobody as present"
        "The SDK gave up after its retries"
        "read the cause: most often the token does not grant subscribe or presence";
}
