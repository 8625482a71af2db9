//! `capability matrix`: features by rooms at a glance.

use clap::Args;
use serde_json::{Map, Value, json};

use super::rooms::check_rooms;
use crate::chat_core::auth::{Capability, Feature, Target};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::subject::Subject;
use crate::output::{Look, Render, Style, table::Columns};

/// Show which features are allowed in which rooms
///
///     chatctl capability matrix lobby dms:alice --capability '{"dms:*":["publish","subscribe"]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Matrix {
    /// Names of the rooms
    #[arg(value_name = "ROOM", required = true)]
    rooms: Vec<String>,

    #[command(flatten)]
    subject: Subject,
}

impl Matrix {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        check_rooms(&self.rooms, context)?;
        let capability = self.subject.capability(context)?;
        context.output.print(&Grid {
            rooms: self.rooms,
            capability,
        })?;
        Ok(Exit::Done)
    }
}

struct Grid {
    rooms: Vec<String>,
    capability: Capability,
}

impl Grid {
    fn is_allowed(&self, feature: Feature, room: &str) -> bool {
        feature.is_allowed(&self.capability, &Target::room(room))
    }
}

impl Render for Grid {
    fn json(&self) -> Value {
        self.rooms
            .iter()
            .map(|room| {
                let features: Map<String, Value> = Feature::ALL
                    .into_iter()
                    .map(|feature| {
                        let allowed = Value::from(self.is_allowed(feature, room));
                        (feature.name().to_owned(), allowed)
                    })
                    .collect();
                json!({"roomName": room, "features": features})
            })
            .collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["feature"]);
        table.title(self.rooms.iter().cloned());
        for feature in Feature::ALL {
            let cells = self.rooms.iter().map(|room| {
                let mark = if self.is_allowed(feature, room) {
                    "yes"
                } else {
                    "-"
                };
                mark.to_owned()
            });
            table.row(std::iter::once(feature.name().to_owned()).chain(cells));
        }
        look.paint_cells(&table.finish(), &[("yes", Style::Good)])
    }
}
