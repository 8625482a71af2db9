//! Tests of the summaries.

use super::*;
use crate::server::engine::fold::contributions::{Contributions, complete};
use crate::server::engine::limits::{MAX_LISTED_CLIENTS, MAX_SUMMARY_SIZE};
use proptest::prelude::*;

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

fn put(to: &mut Annotations, annotation: &mut Annotation) -> bool {
    let limits = SummaryLimits::default();
    to.apply(annotation, limits, &mut SummaryChanges::default())
}

fn apply(to: &mut Annotations, action: u8, method: &str, name: &str, client: &str) -> bool {
    put(
        to,
        &mut annotation(action, method, name, Some(client), None),
    )
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
    assert!(put(&mut all, &mut delete));
    assert_eq!(delete.name.as_deref(), Some("❤️"));
    assert_eq!(all.summary(), json!({}));
}

#[test]
fn multiple_adds_counts_up_also_those_of_nobody() {
    let mut all = Annotations::default();
    assert!(put(
        &mut all,
        &mut annotation(0, "multiple", "🚀", Some("a"), Some(10))
    ));
    assert!(put(
        &mut all,
        &mut annotation(0, "multiple", "🚀", Some("a"), None)
    ));
    assert!(put(
        &mut all,
        &mut annotation(0, "multiple", "🚀", None, Some(2))
    ));
    assert_eq!(
        all.summary(),
        json!({"reaction:multiple.v1": {"🚀": {
            "total": 13, "clientIds": {"a": 11}, "totalUnidentified": 2, "totalClientIds": 1, "clipped": false,
        }}})
    );
    assert!(put(
        &mut all,
        &mut annotation(1, "multiple", "🚀", Some("a"), None)
    ));
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
    assert_eq!(
        summary["clientIds"].as_array().unwrap().len(),
        MAX_LISTED_CLIENTS
    );
}

#[test]
fn a_type_that_nobody_knows_has_no_summary() {
    let mut all = Annotations::default();
    let mut annotation = Annotation {
        kind: Some("x:other.v1".to_owned()),
        ..Annotation::default()
    };
    assert!(!put(&mut all, &mut annotation));
    assert_eq!(all.summary(), json!({}));
}

#[test]
fn totals_end_at_the_greatest_number_and_stay_the_sum_of_what_counts() {
    let most = SummaryLimits::default().total;
    let mut all = Annotations::default();
    let count = i64::try_from(most).unwrap();
    for client in ["a", "b"] {
        put(
            &mut all,
            &mut annotation(0, "multiple", "x", Some(client), Some(count)),
        );
    }
    assert!(!put(
        &mut all,
        &mut annotation(0, "multiple", "x", None, None)
    ));
    let total = |all: &Annotations| all.summary()["reaction:multiple.v1"]["x"]["total"].clone();
    assert_eq!(total(&all), most);
    put(
        &mut all,
        &mut annotation(0, "multiple", "y", Some("a"), Some(i64::MAX)),
    );
    assert_eq!(all.summary()["reaction:multiple.v1"]["y"]["total"], most);
    assert!(
        !apply(&mut all, 1, "multiple", "x", "b"),
        "it had no room to count"
    );
    assert!(apply(&mut all, 1, "multiple", "x", "a"));
    assert!(apply(&mut all, 0, "multiple", "x", "b"));
    assert_eq!(total(&all), 1);
}

#[test]
fn summary_stays_within_its_bounds_and_further_names_are_refused() {
    let limits = SummaryLimits::default();
    let mut all = Annotations::default();
    let name = |n: usize| format!("{n:03}{}", "\u{1}".repeat(200));
    let mut refused = 0;
    for n in 0..200 {
        for method in ["distinct", "multiple", "unique", "flag", "total"] {
            let client = format!("client \"{n}\" {}", "c".repeat(200));
            let add = annotation(0, method, &name(n % 150), Some(&client), None);
            match all.check(std::iter::once(&add), limits) {
                Ok(()) => {
                    put(&mut all, &mut add.clone());
                }
                Err(error) => {
                    assert_eq!((error.code, error.status_code), (40003, 400));
                    refused += 1;
                }
            }
            let json = all.summary().to_string().len();
            let packed = rmp_serde::to_vec_named(&all.summary()).unwrap().len();
            assert!(json <= all.size() + 2, "{json} {}", all.size());
            assert!(packed <= MAX_SUMMARY_SIZE, "{packed}");
        }
    }
    assert!(all.size() + 2 <= MAX_SUMMARY_SIZE, "{}", all.size());
    assert!(refused > 0);
    assert_eq!(all.summary()["reaction:flag.v1"]["total"], 200);
    assert_eq!(all.summary()["reaction:flag.v1"]["clipped"], true);
    let many: Vec<Annotation> = (0..101)
        .map(|n| annotation(0, "distinct", &n.to_string(), Some("a"), None))
        .collect();
    let fresh = Annotations::default();
    assert!(fresh.check(many[..100].iter(), limits).is_ok());
    assert!(fresh.check(many.iter(), limits).is_err());
    let repeated = many[..100].iter().chain(&many[..100]);
    assert!(fresh.check(repeated, limits).is_ok());
}

/// The rows of a summary, as an engine keeps them.
#[derive(Debug, Default)]
struct Kept {
    names: BTreeMap<(String, String), NameRow>,
    contributions: BTreeMap<(String, String, String), ContributionRow>,
    /// The rows that were read.
    read: usize,
}

impl Kept {
    fn write(&mut self, rows: Vec<SummaryRow>) {
        for row in rows {
            match row {
                SummaryRow::Name(row) => {
                    let key = (row.kind.clone(), row.name.clone());
                    self.names.insert(key, row);
                }
                SummaryRow::NoName(kind, name) => {
                    self.names.remove(&(kind, name));
                }
                SummaryRow::Contribution(row) => {
                    let key = (row.kind.clone(), row.name.clone(), row.client_id.clone());
                    self.contributions.insert(key, row);
                }
                SummaryRow::NoContribution(kind, name, client_id) => {
                    self.contributions.remove(&(kind, name, client_id));
                }
            }
        }
    }

    fn read(&self) -> Annotations {
        let mut all = Annotations::default();
        let mut names: Vec<&NameRow> = self.names.values().collect();
        names.sort_by_key(|row| row.place);
        for row in names {
            all.restore_name(row);
        }
        for row in self.in_order(|row| row.is_listed) {
            all.restore(row);
        }
        all
    }

    fn in_order(&self, is_wanted: impl Fn(&ContributionRow) -> bool) -> Vec<ContributionRow> {
        let mut rows: Vec<ContributionRow> = self.contributions.values().cloned().collect();
        rows.retain(is_wanted);
        rows.sort_by_key(|row| row.place);
        rows
    }
}

impl Contributions for Kept {
    type Error = std::convert::Infallible;

    fn one(
        &mut self,
        kind: &str,
        name: &str,
        client_id: &str,
    ) -> std::result::Result<Option<ContributionRow>, Self::Error> {
        let key = (kind.to_owned(), name.to_owned(), client_id.to_owned());
        let found = self.contributions.get(&key).cloned();
        self.read += found.iter().len();
        Ok(found)
    }

    fn unique(
        &mut self,
        kind: &str,
        client_id: &str,
    ) -> std::result::Result<Option<ContributionRow>, Self::Error> {
        let found = self.in_order(|row| row.kind == kind && row.client_id == client_id);
        assert!(found.len() < 2, "{found:?}");
        self.read += found.len();
        Ok(found.into_iter().next())
    }

    fn unlisted(
        &mut self,
        kind: &str,
        name: &str,
        limit: usize,
    ) -> std::result::Result<Vec<ContributionRow>, Self::Error> {
        let mut found = self.in_order(|row| row.kind == kind && row.name == name && !row.is_listed);
        found.truncate(limit);
        self.read += found.len();
        Ok(found)
    }
}

fn any_annotation() -> impl Strategy<Value = Annotation> {
    let methods = ["total", "flag", "distinct", "unique", "multiple"];
    (0..2_u8, 0..5_usize, 0..4_u8, 0..9_u8, 1..4_i64).prop_map(
        move |(action, method, name, client, count)| {
            let client = (client > 0).then(|| "c".repeat(usize::from(client)));
            let name = name.to_string();
            annotation(
                action,
                methods[method],
                &name,
                client.as_deref(),
                Some(count),
            )
        },
    )
}

proptest! {
    /// Few clients are listed, so that most lists are clipped.
    #[test]
    fn rows_that_annotations_need_give_the_summary_of_all(
        commands in proptest::collection::vec(proptest::collection::vec(any_annotation(), 1..6), 1..40),
        lists_size in 20..200_usize,
    ) {
        let limits = SummaryLimits { listed: 2, lists_size, ..SummaryLimits::default() };
        let (mut all, mut kept) = (Annotations::default(), Kept::default());
        for mut annotations in commands {
            let mut part = kept.read();
            let needed: Vec<&Annotation> = annotations.iter().collect();
            let Ok(()) = complete(&mut part, &needed, &mut kept);
            let mut changes = SummaryChanges::default();
            for annotation in &mut annotations {
                let mut same = annotation.clone();
                let here = part.apply(annotation, limits, &mut changes);
                let there = all.apply(&mut same, limits, &mut SummaryChanges::default());
                prop_assert_eq!((here, &*annotation), (there, &same));
            }
            prop_assert_eq!(part.summary().to_string(), all.summary().to_string());
            prop_assert_eq!(part.size(), all.size());
            kept.write(part.rows(changes));
            prop_assert_eq!(kept.read().summary().to_string(), all.summary().to_string());
        }
        let totals: u64 = kept.contributions.values().map(|row| row.count).sum();
        let unidentified: u64 = kept.names.values().map(|row| row.unidentified).sum();
        let counted: u64 = kept.names.values().map(|row| row.total).sum();
        prop_assert_eq!(totals + unidentified, counted);
    }
}

#[test]
fn an_annotation_reads_and_writes_as_much_whatever_is_kept() {
    let touched = |clients: usize| {
        let (mut all, mut kept) = (Annotations::default(), Kept::default());
        for n in 0..clients {
            let mut changes = SummaryChanges::default();
            let client = format!("client-{n:05}");
            let mut add = annotation(0, "distinct", "x", Some(&client), None);
            all.apply(&mut add, SummaryLimits::default(), &mut changes);
            kept.write(all.rows(changes));
        }
        let mut part = kept.read();
        let listed = part.weight();
        let add = annotation(0, "distinct", "x", Some("new"), None);
        let mut delete = annotation(1, "distinct", "x", Some("client-00000"), None);
        let Ok(()) = complete(&mut part, &[&add, &delete], &mut kept);
        let mut changes = SummaryChanges::default();
        part.apply(&mut add.clone(), SummaryLimits::default(), &mut changes);
        part.apply(&mut delete, SummaryLimits::default(), &mut changes);
        (listed, kept.read, part.rows(changes).len())
    };
    assert_eq!(touched(1000), touched(5000));
}
