//! The filters that are defined in jq itself.

use jaq_core::load::{self, parse::Def};

/// Those of jaq, and ours, which come last and win.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    let ours = load::parse(include_str!("prelude.jq"), |parser| parser.defs());
    jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .chain(ours.unwrap_or_default())
}
