//! The expectations that are needed: those without which no test would notice some change.

use std::collections::{BTreeSet, HashMap};

use crate::chat_core::analysis::policy::check::{Check, ExpectationPart};
use crate::chat_core::analysis::policy::model::SourceLocation;

/// An expectation as it is written, whatever the rooms and roles it is about.
type Written<'a> = (&'a SourceLocation, &'a str, ExpectationPart);

/// The expectations of some checks, and what is known of them.
pub(super) struct ExpectationUse {
    /// By check: the expectations without which it would not be there. The first is its own.
    of_check: Vec<Vec<usize>>,
    /// By expectation.
    is_needed: Vec<bool>,
    /// By expectation: whether it can't be weighed, since a check of it does not pass as things are.
    is_left_out: Vec<bool>,
}

impl ExpectationUse {
    pub(super) fn new(checks: &[Check]) -> Self {
        let mut known: HashMap<Written<'_>, usize> = HashMap::new();
        let mut of_check = Vec::with_capacity(checks.len());
        for check in checks {
            let parts = [Some(check.origin.part), check.origin.beside];
            let numbers = parts.into_iter().flatten().map(|part| {
                let next = known.len();
                *known.entry(written(check, part)).or_insert(next)
            });
            of_check.push(numbers.collect());
        }
        Self {
            of_check,
            is_needed: vec![false; known.len()],
            is_left_out: vec![false; known.len()],
        }
    }

    /// These checks don't pass: nothing is said of their expectations.
    pub(super) fn leave_out(&mut self, checks: &[usize]) {
        for expectation in checks.iter().flat_map(|check| &self.of_check[*check]) {
            self.is_left_out[*expectation] = true;
        }
    }

    /// Takes in that these checks notice a change, and says whether any does. An expectation to which all of them
    /// belong is needed. No more checks are asked for than it takes to know.
    pub(super) fn notice(&mut self, mut noticing: impl Iterator<Item = usize>) -> bool {
        let Some(first) = noticing.next() else {
            return false;
        };
        let mut common = self.of_check[first].clone();
        while common
            .iter()
            .any(|expectation| !self.is_needed[*expectation])
        {
            let Some(check) = noticing.next() else {
                for expectation in common {
                    self.is_needed[expectation] = true;
                }
                break;
            };
            common.retain(|expectation| self.of_check[check].contains(expectation));
        }
        true
    }

    /// The entry of `only` of this number, in the test of a check about it, is needed.
    pub(super) fn need_only(&mut self, nothing_else: usize, index: usize, checks: &[Check]) {
        let here = &checks[nothing_else];
        let is_entry = |check: &Check| {
            check.origin.part == ExpectationPart::Only(index)
                && check.place == here.place
                && check.test == here.test
        };
        // Its own checks stand before that nothing is besides, in the same room.
        if let Some(entry) = checks[..nothing_else].iter().rposition(is_entry) {
            self.is_needed[self.of_check[entry][0]] = true;
        }
    }

    /// The first check of each expectation that is not needed.
    pub(super) fn redundant(&self, checks: &[Check]) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        (0..checks.len())
            .filter(|check| {
                let own = self.of_check[*check][0];
                !self.is_needed[own] && !self.is_left_out[own] && seen.insert(own)
            })
            .collect()
    }
}

fn written(check: &Check, part: ExpectationPart) -> Written<'_> {
    (&check.place, &check.test, part)
}
