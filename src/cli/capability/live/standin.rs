//! Fresh rooms in place of those of a policy: every pattern that matches one matches the other.

use crate::chat_core::analysis::policy::Role;
use crate::chat_core::auth::{Capability, Target};
use crate::chat_core::protocol::names::check_room;

/// Returns a room that is the same as `room` to `role`, with `run` in one of its segments: the last one that no pattern
/// names. The room itself where there is none, or where the rights of the role are not known.
pub(super) fn stand_in(room: &str, role: &Role, run: &str) -> String {
    if role.capability.is_none() {
        return room.to_owned();
    }
    let segments: Vec<&str> = room.split(':').collect();
    for place in (0..segments.len()).rev() {
        let marked = format!("{run}-{}", segments[place]);
        let mut renamed = segments.clone();
        renamed[place] = &marked;
        let renamed = renamed.join(":");
        if check_room(&renamed).is_ok() && is_same(role, room, &renamed) {
            return renamed;
        }
    }
    room.to_owned()
}

/// Returns whether two rooms are the same to a role's rights and claims.
fn is_same(role: &Role, one: &str, two: &str) -> bool {
    let (one_target, two_target) = (Target::room(one), Target::room(two));
    let mut grants = role.capability.iter().flat_map(Capability::grants);
    grants.all(|grant| grant.resource.matches(&one_target) == grant.resource.matches(&two_target))
        && role.claims.resolve_room(one) == role.claims.resolve_room(two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::analysis::policy::SourceLocation;
    use crate::chat_core::auth::UserClaims;

    #[test]
    fn the_last_segment_that_no_pattern_looks_at_is_changed() {
        let role = |capability: &str| Role {
            name: "r".to_owned(),
            place: SourceLocation::default(),
            capability: Capability::parse(capability).ok(),
            client_id: None,
            claims: UserClaims::default(),
            lifetime: None,
            forbid: Vec::new(),
        };
        for (capability, room, expected) in [
            (r#"{"dms:*":["publish"]}"#, "dms:a", "dms:run-a"),
            (r#"{"dms:*":["publish"]}"#, "lobby", "run-lobby"),
            (r#"{"*":["publish"]}"#, "lobby", "run-lobby"),
            (r#"{"lobby":["publish"]}"#, "lobby", "lobby"),
            (r#"{"s:*:one":["publish"]}"#, "s:vip:one", "s:run-vip:one"),
            (
                r#"{"dms:a":["publish"],"*":["history"]}"#,
                "dms:b",
                "dms:run-b",
            ),
            ("not known", "lobby", "lobby"),
        ] {
            assert_eq!(
                stand_in(room, &role(capability), "run"),
                expected,
                "{capability}"
            );
        }
    }
}
