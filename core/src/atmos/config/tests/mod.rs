//! Tests of the whole way from files to a [`Configuration`].

mod fixtures;
mod hostile;
mod layers;
mod rules;
mod shown;
mod yaml;

use std::path::{Path, PathBuf};

use crate::world::World;

use super::{
    Configuration, ConfigurationRequest, Diagnostic, load_configuration, validate_configuration,
};

/// A home and a project in a directory that is gone after the test.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            root: tempfile::tempdir().unwrap(),
        };
        for directory in ["home", "work"] {
            std::fs::create_dir_all(place.path(directory)).unwrap();
        }
        place
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(relative)
    }

    /// Writes a file; returns the place, to write several in a row.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test prepares its own directory"
    )]
    fn with(self, relative: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn world(&self, environment: &[(&str, &str)]) -> World {
        world(&self.path("home"), &self.path("work"), environment)
    }

    fn load(&self, environment: &[(&str, &str)]) -> Configuration {
        load_configuration(&self.world(environment), &ConfigurationRequest::default())
    }
}

pub(super) fn world(home: &Path, work: &Path, environment: &[(&str, &str)]) -> World {
    World {
        working_directory: work.to_owned(),
        ..World::fixed(home, jiff::Timestamp::UNIX_EPOCH)
            .with_variables(environment.iter().copied())
    }
}

/// The configuration of one `atmos.yaml`, and its problems.
fn read(text: impl AsRef<[u8]>) -> (Configuration, Vec<Diagnostic>) {
    read_with(text, &[])
}

fn read_with(
    text: impl AsRef<[u8]>,
    environment: &[(&str, &str)],
) -> (Configuration, Vec<Diagnostic>) {
    let place = Place::new().with("work/atmos.yaml", text);
    let world = place.world(environment);
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    let problems = validate_configuration(&world, &configuration);
    (configuration, problems)
}

/// Each problem as `line code subject: message`.
fn lines(problems: &[Diagnostic]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let line = problem.location.map(|location| location.line.to_string());
            let subject = problem.subject.as_deref().unwrap_or("-");
            format!(
                "{} {} {subject}: {}",
                line.as_deref().unwrap_or("-"),
                problem.code,
                problem.message
            )
        })
        .collect()
}
