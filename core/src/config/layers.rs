//! Finds the files of all layers and merges them.

use std::path::{Path, PathBuf};

use crate::world::World;

use super::diagnostic::{Diagnostic, Problems};
use super::node::{Location, Node, merge};
use super::{Configuration, ConfigurationRequest, Source, parse, read, schema};

/// Reads the configuration of all layers. It never fails as a whole: what is wrong is in
/// [`Configuration::diagnostics`].
pub fn load(world: &World, request: &ConfigurationRequest) -> Configuration {
    let mut sources = Vec::new();
    let mut problems = Problems::default();
    let mut root = Node::null(Location::default());
    let mut directory = None;
    let mut is_broken = false;
    let default = [world.working_directory.join("atmos.yaml")];
    let files: &[PathBuf] = if request.files.is_empty() {
        &default
    } else {
        &request.files
    };
    for file in files {
        let path = world.working_directory.join(file);
        let Ok(bytes) = read::file(&path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parsed = parse::parse(
            u32::try_from(sources.len()).unwrap_or(u32::MAX),
            &text,
            &world.environment,
            &mut problems,
        );
        is_broken |= parsed.is_broken;
        directory = path.parent().map(Path::to_path_buf);
        sources.push(Source {
            path,
            text: text.into(),
            hidden: parsed.hidden,
        });
        if let Some(node) = parsed.root {
            merge(&mut root, node);
        }
    }
    if sources.is_empty() && !request.files.is_empty() {
        problems.push(Diagnostic::error(
            "file",
            "no configuration file could be read",
        ));
    }
    let auth = schema::auth(world, root, u32::MAX, &mut problems);
    Configuration {
        found: !sources.is_empty(),
        sources,
        directory,
        auth,
        diagnostics: problems.into_vec(),
        is_broken,
        ..Configuration::default()
    }
}
