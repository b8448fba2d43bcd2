//! Files that read files: nothing that a shell would read is passed by without a word.

use std::path::Path;

use adieu_testkit::Home;

use super::{scanned, whole, world};
use crate::inventory::AssignmentState;
use crate::io::files::Files;
use crate::scan::{Scan, ScanRequest, home_profiles};

const KEY: &str = "export ANTHROPIC_API_KEY=FAKE-1\n";

fn profiles(home: &Home) -> Scan {
    let world = world(&home.path(), &[]);
    home_profiles(&Files::new(&world), &world, false, None)
}

/// Whether a scan and a status say that there may be more.
fn is_doubted(home: &Home, words: &str) -> bool {
    [scanned(home, &ScanRequest::default()), profiles(home)]
        .iter()
        .all(|found| {
            let mut problems = found.problems.iter();
            problems.any(|problem| problem.hides && problem.message.contains(words))
        })
}

/// The states of what was found, by file and line.
fn states(found: &Scan) -> Vec<(String, usize, AssignmentState)> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let findings = found.findings.iter();
    findings
        .map(|found| {
            (
                name(found.file.as_deref().unwrap()),
                found.line,
                found.state,
            )
        })
        .collect()
}

fn link(home: &Home, target: &str, link: &str) {
    std::os::unix::fs::symlink(target, home.join(link)).unwrap();
}

/// A directory that is reached through more links than are followed.
fn far_directory(home: &Home, name: &str) {
    home.write("real/a.sh", KEY);
    link(home, "real", "link0");
    for number in 1..5 {
        link(
            home,
            &format!("link{}", number - 1),
            &format!("link{number}"),
        );
    }
    link(home, "link4", name);
}

#[test]
fn a_directory_behind_a_pattern_that_cannot_be_listed_is_a_problem_that_hides() {
    let home = Home::new();
    home.write(".bashrc", "for f in ~/rc.d/*.sh; do . \"$f\"; done\n");
    assert!(!is_doubted(&home, ""), "what is not there hides nothing");
    far_directory(&home, "rc.d");
    assert!(is_doubted(&home, "symbolic links"));
}

#[test]
fn a_directory_behind_many_links_is_a_problem_that_hides() {
    let home = Home::new();
    home.write(".bashrc", "true\n");
    assert!(!is_doubted(&home, ""));
    far_directory(&home, ".bashrc.d");
    assert!(is_doubted(&home, "symbolic links"));
}

#[test]
fn a_pattern_that_stands_for_too_many_files_is_a_problem_that_hides() {
    let home = Home::new();
    home.write(".bashrc", "for f in ~/rc.d/*.sh; do . \"$f\"; done\n");
    for number in 0..255 {
        home.write(format!("rc.d/{number:03}.sh"), "");
    }
    home.write("rc.d/zz.sh", KEY);
    assert_eq!(profiles(&home).findings.len(), 1);
    assert!(!is_doubted(&home, ""), "256 files are all read");
    home.write("rc.d/999.sh", "");
    assert!(is_doubted(&home, "more than 256 files"));
}

#[test]
fn a_pattern_in_the_name_of_a_directory_is_followed() {
    let home = Home::new();
    home.write(".bashrc", ". ~/tools/*/init.sh\n");
    home.write("tools/one/init.sh", KEY);
    home.write("tools/two/other.sh", KEY);
    home.write("tools/file", "");
    assert_eq!(
        states(&profiles(&home)),
        [("init.sh".to_owned(), 1, AssignmentState::Active)]
    );
    assert!(!is_doubted(&home, ""));
}

#[test]
fn a_chain_that_is_too_long_is_a_problem_that_hides_and_one_that_ends_is_not() {
    let home = Home::new();
    home.write(".bashrc", ". ~/s/0.sh\n");
    for number in 0..8 {
        let text = format!(". ~/s/{}.sh\n. ~/.bashrc\n. ~/s/0.sh\n", number + 1);
        home.write(format!("s/{number}.sh"), text);
    }
    assert!(!is_doubted(&home, ""), "the ninth is not there");
    home.write("s/8.sh", KEY);
    assert!(is_doubted(&home, "not followed"));
    assert_eq!(states(&profiles(&home)), []);
}

#[test]
fn what_one_shell_takes_back_another_leaves_in_effect() {
    let home = Home::new();
    home.write("sec.sh", KEY);
    home.write(".bashrc", ". ~/sec.sh\nunset ANTHROPIC_API_KEY\n");
    let of_file = |state| [("sec.sh".to_owned(), 1, state)];
    assert_eq!(
        states(&profiles(&home)),
        of_file(AssignmentState::Cancelled)
    );
    for other in [".zshrc", ".profile"] {
        home.write(other, ". ~/sec.sh\n");
        assert_eq!(
            states(&profiles(&home)),
            of_file(AssignmentState::Active),
            "{other}"
        );
        assert_eq!(
            states(&whole(&home)),
            of_file(AssignmentState::Active),
            "{other}"
        );
        home.write(other, "");
    }
    home.write(".zshrc", ". ~/sec.sh\nunset ANTHROPIC_API_KEY\n");
    assert_eq!(
        states(&profiles(&home)),
        of_file(AssignmentState::Cancelled)
    );
    assert_eq!(states(&whole(&home)), of_file(AssignmentState::Cancelled));
}

#[test]
fn what_is_read_again_after_it_was_taken_back_is_in_effect() {
    let home = Home::new();
    home.write("sec.sh", KEY);
    home.write("outer.sh", ". ~/sec.sh\n");
    let text = ". ~/outer.sh\nunset ANTHROPIC_API_KEY\n. ~/outer.sh\n";
    home.write(".bashrc", text);
    assert_eq!(
        states(&profiles(&home)),
        [("sec.sh".to_owned(), 1, AssignmentState::Active)]
    );
}

#[test]
fn a_file_is_read_in_the_language_of_each_of_its_readers() {
    let home = Home::new();
    home.write("sec", "ANTHROPIC_API_KEY=FAKE-1\n");
    home.write(".bashrc", ". ~/sec\n");
    let of_file = |state| [("sec".to_owned(), 1, state)];
    assert_eq!(
        states(&profiles(&home)),
        of_file(AssignmentState::ShellOnly)
    );
    home.write(".zshrc", "set -a; . ~/sec\n");
    assert_eq!(states(&profiles(&home)), of_file(AssignmentState::Active));
    home.write(".zshrc", ". ~/sec\n");
    home.write(
        ".config/systemd/user/a.service",
        format!(
            "[Service]\nEnvironmentFile={}\n",
            home.join("sec").display()
        ),
    );
    assert_eq!(states(&profiles(&home)), of_file(AssignmentState::Active));
}

#[test]
fn files_that_read_each_other_many_times_are_told_in_time() {
    let home = Home::new();
    for number in 0..8 {
        let text = format!(". ~/s/{}.sh\n", number + 1).repeat(40);
        home.write(format!("s/{number}.sh"), text);
    }
    home.write("s/8.sh", KEY);
    home.write(".bashrc", ". ~/s/1.sh\n");
    let took = adieu_testkit::processor_time(|| assert!(is_doubted(&home, "too many others")));
    assert!(took.as_secs() < 20);
    assert_eq!(
        states(&profiles(&home)),
        [("8.sh".to_owned(), 1, AssignmentState::Active)]
    );
}

#[test]
fn what_is_assigned_without_being_exported_is_found() {
    let home = Home::new();
    let text = "export ANTHROPIC_API_KEY=FAKE-1\nexport -n ANTHROPIC_API_KEY=FAKE-2 OTHER\n";
    home.write(".bashrc", text);
    let of_line = |line, state| (".bashrc".to_owned(), line, state);
    assert_eq!(
        states(&profiles(&home)),
        [
            of_line(1, AssignmentState::Cancelled),
            of_line(2, AssignmentState::ShellOnly)
        ]
    );
    home.write(".bashrc", "export -n 'ANTHROPIC_API_KEY=FAKE-2'\n");
    assert_eq!(
        states(&profiles(&home)),
        [of_line(1, AssignmentState::ShellOnly)]
    );
    home.write(".bashrc", format!("{KEY}export -n ANTHROPIC_API_KEY\n"));
    assert_eq!(
        states(&profiles(&home)),
        [of_line(1, AssignmentState::Cancelled)]
    );
}
