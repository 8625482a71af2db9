//! The names of filters, for those who misspell one.

use jaq_core::compile::Undefined;
use jaq_json::Val;

use super::definitions::definitions;

/// Describes an unknown name in a filter, with the nearest known one.
pub(super) fn describe_unknown(name: &str, kind: &Undefined) -> String {
    let Undefined::Filter(arity) = kind else {
        return format!("unknown {} '{name}'", kind.as_str());
    };
    let known = known();
    let mut arities: Vec<usize> = known
        .iter()
        .filter(|(other, _)| other == name)
        .map(|(_, arity)| *arity)
        .collect();
    arities.sort_unstable();
    arities.dedup();
    if let Some(most) = arities.last() {
        let counts: Vec<String> = arities.iter().map(ToString::to_string).collect();
        let s = if *most == 1 { "" } else { "s" };
        return format!(
            "'{name}' takes {} argument{s}, not {arity}",
            counts.join(" or ")
        );
    }
    let nearest = known
        .iter()
        .map(|(other, _)| (other, strsim::damerau_levenshtein(name, other)))
        .filter(|(other, distance)| *distance * 3 <= other.len().max(name.len()))
        .min_by_key(|(_, distance)| *distance);
    match nearest {
        Some((nearest, _)) => format!("unknown filter '{name}'; did you mean '{nearest}'?"),
        None => format!("unknown filter '{name}'"),
    }
}

/// All filters, with the number of their arguments.
fn known() -> Vec<(String, usize)> {
    let native = jaq_core::funs::<jaq_core::data::JustLut<Val>>()
        .chain(jaq_std::funs())
        .chain(jaq_json::funs())
        .map(|(name, arguments, _)| (name.to_owned(), arguments.len()));
    let defined = definitions().map(|it| (it.name.to_owned(), it.args.len()));
    let is_public = |(name, _): &(String, usize)| !name.ends_with('_');
    native.chain(defined).filter(is_public).collect()
}
