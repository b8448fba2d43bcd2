//! Scanning any profile ends and never panics; what a mend takes out is not found again, and a
//! second mend has nothing to do. The first byte chooses the language.

use crate::support::{directory, world};
use adieu::io::files::Files;
use adieu::scan::fix::{self, Fix};
use adieu::scan::{ScanRequest, find_secrets};

/// One name for each language, as the scan tells them apart.
const NAMES: [&str; 16] = [
    ".bashrc",
    ".zshrc",
    ".profile",
    "config.fish",
    ".cshrc",
    "profile.ps1",
    "env.nu",
    "rc.elv",
    ".xonshrc",
    ".env",
    ".envrc",
    "settings.json",
    "unit.service",
    "agent.plist",
    ".npmrc",
    "set.cmd",
];

pub(crate) fn run(bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let fix = if first & 0x80 == 0 {
        Fix::Remove
    } else {
        Fix::Comment
    };
    let file = directory().join(name);
    std::fs::write(&file, text).expect("a temporary file");
    let world = world();
    let files = Files::new(&world);
    let request = ScanRequest {
        paths: vec![file],
        ..ScanRequest::default()
    };
    let found = find_secrets(&files, &world, &request);
    let active =
        |found: &adieu::scan::Scan| found.findings.iter().filter(|one| one.is_active()).count();
    let before = active(&found);
    let fix_plan = fix::plan_edits(&files, &world, &found.findings, fix);
    let mut taken = 0;
    for edit in &fix_plan.files {
        taken += edit.edits.len();
        fix::apply_edit(&files, &world, edit).expect("a file of our own");
    }
    let again = find_secrets(&files, &world, &request);
    let after = active(&again);
    assert!(after <= before, "{before} were active, {after} are");
    if taken > 0 && fix == Fix::Remove {
        assert!(
            again.findings.len() < found.findings.len(),
            "nothing is gone"
        );
    }
}
