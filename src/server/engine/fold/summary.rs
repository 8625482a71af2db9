//! Summaries of a message's annotations (TM7), by the method that the annotation's type names.

use serde_json::{Map, Value, json};

use crate::chat_core::protocol::Annotation;

/// The most clients that a summary names; totals stay exact beyond it.
const MAX_NAMED: usize = 500;

/// The contributions of clients to one message: whose, which name, how often; in the order of the first time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Annotations(Vec<Contribution>);

#[derive(Clone, Debug)]
struct Contribution {
    kind: String,
    name: String,
    /// `None` for all unidentified clients.
    client_id: Option<String>,
    count: u64,
}

/// The ways in which annotations of a type add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SummaryMethod {
    Total,
    Flag,
    Distinct,
    Unique,
    Multiple,
}

impl SummaryMethod {
    fn of(kind: &str) -> Option<Self> {
        match kind.split_once(':')?.1 {
            "total.v1" => Some(Self::Total),
            "flag.v1" => Some(Self::Flag),
            "distinct.v1" => Some(Self::Distinct),
            "unique.v1" => Some(Self::Unique),
            "multiple.v1" => Some(Self::Multiple),
            _ => None,
        }
    }
}

/// Returns whether annotations of this type are counted by client, so that the anonymous have none.
pub(crate) fn needs_client(kind: &str) -> bool {
    matches!(
        SummaryMethod::of(kind),
        Some(SummaryMethod::Flag | SummaryMethod::Distinct | SummaryMethod::Unique)
    )
}

impl Annotations {
    /// Returns whether nothing is attached.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an annotation, and returns whether the summary is another now. A delete of a `unique` one gets the name
    /// that it removed.
    pub(crate) fn apply(&mut self, annotation: &mut Annotation) -> bool {
        let kind = annotation.kind.clone().unwrap_or_default();
        let Some(method) = SummaryMethod::of(&kind) else {
            return false;
        };
        if annotation.action == Some(1) {
            self.delete(method, &kind, annotation)
        } else {
            self.create(method, kind, annotation)
        }
    }

    fn create(&mut self, method: SummaryMethod, kind: String, annotation: &Annotation) -> bool {
        let client_id = annotation.client_id.clone();
        let name = match method {
            SummaryMethod::Total | SummaryMethod::Flag => String::new(),
            _ => annotation.name.clone().unwrap_or_default(),
        };
        let count = match method {
            SummaryMethod::Multiple => annotation
                .count
                .and_then(|count| u64::try_from(count).ok())
                .unwrap_or(1),
            _ => 1,
        };
        if method == SummaryMethod::Unique {
            let held = self
                .0
                .iter()
                .position(|held| held.kind == kind && held.client_id == client_id);
            if let Some(place) = held {
                if self.0[place].name == name {
                    return false;
                }
                self.0.remove(place);
            }
        }
        let held = self
            .0
            .iter_mut()
            .find(|held| held.kind == kind && held.name == name && held.client_id == client_id);
        match held {
            Some(held) if matches!(method, SummaryMethod::Total | SummaryMethod::Multiple) => {
                held.count += count;
            }
            Some(_) => return false,
            None => self.0.push(Contribution {
                kind,
                name,
                client_id,
                count,
            }),
        }
        true
    }

    fn delete(&mut self, method: SummaryMethod, kind: &str, annotation: &mut Annotation) -> bool {
        let name = match method {
            SummaryMethod::Total | SummaryMethod::Flag => Some(""),
            SummaryMethod::Unique => None,
            _ => annotation.name.as_deref(),
        };
        let held = self.0.iter().position(|held| {
            held.kind == kind
                && held.client_id == annotation.client_id
                && name.is_none_or(|name| held.name == name)
        });
        let Some(place) = held else {
            return false;
        };
        if method == SummaryMethod::Unique {
            annotation.name = Some(self.0[place].name.clone());
        }
        if method == SummaryMethod::Total && self.0[place].count > 1 {
            self.0[place].count -= 1;
        } else {
            self.0.remove(place);
        }
        true
    }

    /// Returns the summary: each type's full name to its counts. Types and names with nothing left are gone.
    pub(crate) fn summary(&self) -> Value {
        self.summary_of(None)
    }

    /// Returns the part of the summary that `client_id` contributed to, under the types' full names: totals of all clients,
    /// and of the clients this one alone.
    pub(crate) fn summary_for(&self, client_id: &str) -> Value {
        self.summary_of(Some(client_id))
    }

    fn summary_of(&self, only: Option<&str>) -> Value {
        let mut types = Map::new();
        for kind in self.first_of(|held| &held.kind) {
            let Some(method) = SummaryMethod::of(&kind) else {
                continue;
            };
            let of_kind: Vec<&Contribution> =
                self.0.iter().filter(|held| held.kind == kind).collect();
            let value = match method {
                SummaryMethod::Total => {
                    json!({"total": of_kind.iter().map(|held| held.count).sum::<u64>()})
                }
                SummaryMethod::Flag => clients(&of_kind, only),
                SummaryMethod::Distinct | SummaryMethod::Unique | SummaryMethod::Multiple => {
                    let mut names = Map::new();
                    for held in &of_kind {
                        if names.contains_key(&held.name) {
                            continue;
                        }
                        let of_name: Vec<&Contribution> = of_kind
                            .iter()
                            .filter(|other| other.name == held.name)
                            .copied()
                            .collect();
                        let is_wanted = only.is_none_or(|only| {
                            of_name
                                .iter()
                                .any(|held| held.client_id.as_deref() == Some(only))
                        });
                        if !is_wanted {
                            continue;
                        }
                        let value = if method == SummaryMethod::Multiple {
                            counts(&of_name, only)
                        } else {
                            clients(&of_name, only)
                        };
                        names.insert(held.name.clone(), value);
                    }
                    Value::Object(names)
                }
            };
            types.insert(kind, value);
        }
        Value::Object(types)
    }

    fn first_of(&self, part: impl Fn(&Contribution) -> &String) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        for held in &self.0 {
            if !seen.contains(part(held)) {
                seen.push(part(held).clone());
            }
        }
        seen
    }
}

/// Returns `{total, clientIds: [], clipped}`.
fn clients(held: &[&Contribution], only: Option<&str>) -> Value {
    let named: Vec<&str> = held
        .iter()
        .filter_map(|held| held.client_id.as_deref())
        .filter(|id| only.is_none_or(|only| only == *id))
        .take(MAX_NAMED)
        .collect();
    json!({"total": held.len(), "clipped": named.len() < held.len(), "clientIds": named})
}

/// Returns `{total, clientIds: {id: n}, totalUnidentified, totalClientIds, clipped}`.
fn counts(held: &[&Contribution], only: Option<&str>) -> Value {
    let total: u64 = held.iter().map(|held| held.count).sum();
    let unidentified: u64 = held
        .iter()
        .filter(|held| held.client_id.is_none())
        .map(|held| held.count)
        .sum();
    let identified = held.iter().filter(|held| held.client_id.is_some()).count();
    let named: Map<String, Value> = held
        .iter()
        .filter_map(|held| Some((held.client_id.clone()?, held.count.into())))
        .filter(|(id, _): &(String, Value)| only.is_none_or(|only| only == id))
        .take(MAX_NAMED)
        .collect();
    json!({
        "total": total,
        "clipped": named.len() < identified,
        "clientIds": named,
        "totalUnidentified": unidentified,
        "totalClientIds": identified,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(
        action: u8,
        method: &str,
        name: &str,
        client_id: Option<&str>,
        count: Option<i64>,
    ) -> Annotation {
        Annotation {
            action: Some(action),
            kind: Some(format!("reaction:{method}.v1")),
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            client_id: client_id.map(str::to_owned),
            count,
            ..Annotation::default()
        }
    }

    fn apply(to: &mut Annotations, action: u8, method: &str, name: &str, client: &str) -> bool {
        to.apply(&mut annotation(action, method, name, Some(client), None))
    }

    #[test]
    fn distinct_counts_a_client_once_a_name() {
        let mut all = Annotations::default();
        assert!(apply(&mut all, 0, "distinct", "👍", "a"));
        assert!(apply(&mut all, 0, "distinct", "👍", "b"));
        assert!(apply(&mut all, 0, "distinct", "❤️", "a"));
        assert!(
            !apply(&mut all, 0, "distinct", "👍", "a"),
            "no change, no summary"
        );
        assert_eq!(
            all.summary(),
            json!({"reaction:distinct.v1": {
                "👍": {"total": 2, "clientIds": ["a", "b"], "clipped": false},
                "❤️": {"total": 1, "clientIds": ["a"], "clipped": false},
            }})
        );
        assert_eq!(
            all.summary_for("b"),
            json!({"reaction:distinct.v1": {"👍": {"total": 2, "clientIds": ["b"], "clipped": true}}})
        );
        assert!(apply(&mut all, 1, "distinct", "❤️", "a"));
        assert!(!apply(&mut all, 1, "distinct", "❤️", "a"));
        assert_eq!(
            all.summary()["reaction:distinct.v1"]
                .as_object()
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn unique_moves_a_client_and_its_delete_tells_the_name() {
        let mut all = Annotations::default();
        assert!(apply(&mut all, 0, "unique", "👍", "a"));
        assert!(apply(&mut all, 0, "unique", "❤️", "a"));
        assert_eq!(
            all.summary(),
            json!({"reaction:unique.v1": {"❤️": {"total": 1, "clientIds": ["a"], "clipped": false}}})
        );
        let mut delete = annotation(1, "unique", "", Some("a"), None);
        assert!(all.apply(&mut delete));
        assert_eq!(delete.name.as_deref(), Some("❤️"));
        assert_eq!(all.summary(), json!({}));
    }

    #[test]
    fn multiple_adds_counts_up_also_those_of_nobody() {
        let mut all = Annotations::default();
        assert!(all.apply(&mut annotation(0, "multiple", "🚀", Some("a"), Some(10))));
        assert!(all.apply(&mut annotation(0, "multiple", "🚀", Some("a"), None)));
        assert!(all.apply(&mut annotation(0, "multiple", "🚀", None, Some(2))));
        assert_eq!(
            all.summary(),
            json!({"reaction:multiple.v1": {"🚀": {
                "total": 13, "clientIds": {"a": 11}, "totalUnidentified": 2, "totalClientIds": 1, "clipped": false,
            }}})
        );
        assert!(all.apply(&mut annotation(1, "multiple", "🚀", Some("a"), None)));
        assert_eq!(all.summary()["reaction:multiple.v1"]["🚀"]["total"], 2);
    }

    #[test]
    fn totals_stay_exact_when_clients_are_not_all_named() {
        let mut all = Annotations::default();
        for n in 0..600 {
            assert!(apply(&mut all, 0, "flag", "", &format!("client-{n}")));
        }
        let summary = &all.summary()["reaction:flag.v1"];
        assert_eq!(
            (&summary["total"], &summary["clipped"]),
            (&json!(600), &json!(true))
        );
        assert_eq!(summary["clientIds"].as_array().unwrap().len(), MAX_NAMED);
    }

    #[test]
    fn a_type_that_nobody_knows_has_no_summary() {
        let mut all = Annotations::default();
        let mut annotation = Annotation {
            kind: Some("x:other.v1".to_owned()),
            ..Annotation::default()
        };
        assert!(!all.apply(&mut annotation));
        assert_eq!(all.summary(), json!({}));
    }
}
