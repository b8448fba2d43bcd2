//! Credentials in one file that lies anywhere: by the entries of the tools that call theirs so.

use super::members::holds_credential;
use crate::catalogue::{self, ToolClass, ToolFile};
use crate::formats::{Document, Format, MemberPath, Pattern};

/// The members that tools keep credentials in where they call a file so, with its format.
pub(in crate::systems) fn find_members(name: &str, bytes: &[u8]) -> Vec<(Format, MemberPath)> {
    let files = catalogue::list_tools().iter().flat_map(|tool| tool.files);
    let called = files.filter(|file| file.table.is_none() && is_called(file, name));
    let mut found = Vec::new();
    for file in called {
        let Some(format) = file.format else {
            continue;
        };
        let Ok(document) = format.read(bytes) else {
            continue;
        };
        for path in list_members(file, &document) {
            if !found.contains(&(format, path.clone())) {
                found.push((format, path));
            }
        }
    }
    found
}

fn is_called(file: &ToolFile, name: &str) -> bool {
    let mut paths = file.paths.iter();
    paths.any(|path| path.rsplit('/').next() == Some(name))
}

fn list_members(file: &ToolFile, document: &Document) -> Vec<MemberPath> {
    let is_credential =
        |class: &ToolClass| !matches!(class, ToolClass::Along | ToolClass::Footprint);
    let meant = file.credentials.iter();
    let meant = meant.filter(|credential| is_credential(&credential.class));
    let found = meant.flat_map(|credential| {
        // Patterns are checked by a test.
        let pattern = credential.select.parse::<Pattern>().ok();
        let members = pattern.map(|pattern| document.select(&pattern));
        let members = members.into_iter().flatten();
        members
            .filter(|member| holds_credential(member.value, credential.ignore))
            .map(|member| member.path)
            .collect::<Vec<_>>()
    });
    found.collect()
}
