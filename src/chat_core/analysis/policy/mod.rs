//! Policies: who should be able to do what, and whether a capability makes it so.
//!
//! Plain data and its judgement by the engine that the server stands on. Files, commands and endpoints are somebody
//! else's; nothing here does I/O.

mod check;
mod coverage;
mod evaluate;
mod model;
mod mutate;
mod rules;

pub use check::{Assertion, Check, CheckOrigin, ExpectationPart, besides, operations_of};
pub use coverage::{Coverage, GrantedRight, coverage};
pub use evaluate::{Answer, Verdict, evaluate, evaluate_each, may};
pub use model::{Policy, Role, SourceLocation, Spanned, Test};
pub use mutate::{Mutant, MutantKind, Mutation, mutate};

#[cfg(test)]
mod tests;
