//! A row of another program's database, from plan to outcome.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "what cannot be set up has failed")]

use std::path::Path;
use std::time::Duration;

use adieu::approve::{Answers, approve_plan};
use adieu::atmos::identity_graph::IdentityGraph;
use adieu::execute::{Tools, execute_plan};
use adieu::inventory::{Inventory, Owner, Place};
use adieu::io::files::{ConfinedPath, Files};
use adieu::io::net::Cancel;
use adieu::plan::{self, Request, Target};
use adieu::report::OutcomeWord;
use adieu::systems::{System, discovery};
use adieu::world::{OperatingSystem, World};

fn world(home: &Path) -> World {
    World {
        operating_system: OperatingSystem::current(),
        ..World::fixed(home, "2026-11-21T08:30:00Z".parse().unwrap())
    }
}

fn row(file: &ConfinedPath, value: &str) -> adieu::inventory::Artefact {
    let place = Place::SqliteRow {
        file: file.clone(),
        table: "credentials".to_owned(),
        column: "account".to_owned(),
        value: value.to_owned(),
    };
    discovery::build_artefact(System::GCP, place, Owner::orphan(value), "row")
}

#[test]
fn rows_go_without_a_trace_and_their_neighbours_stay() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE credentials (account TEXT, value TEXT);
             INSERT INTO credentials VALUES ('ana', 'FAKE-refresh-ana'), ('bob', 'FAKE-refresh-bob');",
        )
        .unwrap();
    drop(database);
    let world = world(home.path());
    let files = Files::new(&world);
    let file = ConfinedPath::root(home.path())
        .join("credentials.db")
        .unwrap();
    let inventory = Inventory {
        artefacts: vec![row(&file, "ana"), row(&file, "nobody")],
        ..Inventory::default()
    };
    let plan = plan::build_from_inventory(
        &inventory,
        &IdentityGraph::default(),
        Request::new(Target::Machine),
    );
    let force = Answers {
        force: true,
        agreed: Vec::new(),
    };
    let approved = approve_plan(plan, &force).unwrap();
    let tools = Tools {
        world: &world,
        files: &files,
        keyrings: &[],
        inventory: &inventory,
        time_limit: Duration::from_secs(1),
        cancel: &Cancel::new(),
    };
    let executed = execute_plan(&approved, &tools);
    let of = |name: &str| {
        let steps = &approved.get().steps;
        let at = steps
            .iter()
            .position(|step| step.place().is_some() && step.orphan.as_deref() == Some(name));
        executed.outcomes[at.unwrap()].word
    };
    assert_eq!(of("ana"), OutcomeWord::Removed);
    assert_eq!(of("nobody"), OutcomeWord::Absent);
    let bytes = std::fs::read(&path).unwrap();
    let has = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(!has("FAKE-refresh-ana") && has("FAKE-refresh-bob"));
}
