//! A scan of made-up homes.

mod chains;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use adieu_testkit::Home;
use jiff::Timestamp;
use proptest::strategy::Strategy as _;
use serde_json::Value as Json;

use super::parse::{Event, parse_events};
use super::*;
use crate::names::NameKind;

fn world(home: &Path, environment: &[(&str, &str)]) -> World {
    World::fixed(home, Timestamp::UNIX_EPOCH).with_variables(environment.iter().copied())
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shell-profiles")
}

fn scanned(home: &Home, request: &ScanRequest) -> Scan {
    let world = world(&home.path(), &[]);
    find_secrets(&Files::new(&world), &world, request)
}

fn whole(home: &Home) -> Scan {
    let request = ScanRequest {
        paths: vec![home.path()],
        ..ScanRequest::default()
    };
    scanned(home, &request)
}

/// One line for each finding, with everything that `expected.json` says.
fn shown(home: &Path, finding: &Finding) -> String {
    let relative = |path: &Path| path.strip_prefix(home).unwrap().display().to_string();
    let via: Vec<String> = finding.via.iter().map(|path| relative(path)).collect();
    let kind = match finding.known.kind {
        NameKind::Switch(_) | NameKind::UrlWithPassword | NameKind::BearerHeader => {
            finding.known.kind.word()
        }
        _ => "",
    };
    format!(
        "{}:{}+{} {} {} {} {} {} {via:?} {kind}",
        relative(finding.file.as_deref().unwrap()),
        finding.line,
        finding.lines,
        finding.shell.word(),
        finding.name.as_deref().unwrap_or("-"),
        finding.form.word(),
        finding.state.word(),
        finding.value.word(),
    )
}

fn expected() -> (BTreeSet<String>, Vec<Json>) {
    let text = std::fs::read_to_string(fixture().join("expected.json")).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let findings = document["findings"].as_array().unwrap().clone();
    let lines = findings
        .iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let via: Vec<&str> = finding["via"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|path| path.as_str().unwrap())
                .collect();
            let name = finding["name"].as_str().filter(|name| !name.is_empty());
            let name = name.unwrap_or("-");
            format!(
                "{}:{}+{} {} {name} {} {} {} {via:?} {}",
                text("file"),
                finding["line"],
                finding["lines"].as_u64().unwrap_or(1),
                text("shell"),
                text("form"),
                text("state"),
                text("value_kind"),
                text("kind"),
            )
        })
        .collect();
    (lines, findings)
}

#[test]
fn fixture_has_the_105_findings_and_no_others() {
    let home = Home::from_fixture(fixture());
    let found = whole(&home);
    let lines: BTreeSet<String> = found
        .findings
        .iter()
        .map(|finding| shown(&home.path(), finding))
        .collect();
    let (expected, all) = expected();
    let missing: Vec<_> = expected.difference(&lines).collect();
    let others: Vec<_> = lines.difference(&expected).collect();
    assert!(
        missing.is_empty() && others.is_empty(),
        "missing: {missing:#?}\nothers: {others:#?}"
    );
    assert_eq!((found.findings.len(), all.len()), (105, 105));
}

/// The values that the fixture says, and every made-up secret in its files.
fn secrets() -> Vec<String> {
    let mut values = Vec::new();
    let mut waiting = vec![fixture()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes: Vec<u8> = std::fs::read(path).unwrap();
        let text: String = bytes
            .iter()
            .filter(|byte| **byte != 0)
            .map(|byte| char::from(*byte))
            .collect();
        values.extend(
            text.split(|c: char| c.is_whitespace() || "\"'=:;<>@,".contains(c))
                .filter(|word| word.contains("FAKE"))
                .map(str::to_owned),
        );
    }
    values
}

#[test]
fn no_finding_says_a_value() {
    let home = Home::from_fixture(fixture());
    let shown = format!("{:?}", whole(&home));
    for secret in secrets() {
        assert!(!shown.contains(&secret), "{secret}");
    }
}

#[test]
fn values_are_unquoted_as_the_fixture_says() {
    let home = Home::from_fixture(fixture());
    let (_, all) = expected();
    let mut checked = 0;
    for finding in all {
        let Some(value) = finding["value"].as_str() else {
            continue;
        };
        let path = home.join(finding["file"].as_str().unwrap());
        let syntax = places::find_kind(&path).unwrap().syntax;
        let text = Text::decode(std::fs::read(&path).unwrap()).ok().unwrap();
        let found = parse_events(text.bytes(), syntax, None)
            .into_iter()
            .find_map(|event| match event {
                Event::Assign(found) if found.name.as_deref() == finding["name"].as_str() => {
                    Some(String::from_utf8(found.value.text.to_vec()).unwrap())
                }
                _ => None,
            });
        assert_eq!(found.as_deref(), Some(value), "{finding}");
        checked += 1;
    }
    assert_eq!(checked, 11);
}

fn mended(home: &Home, fix: fix::Fix, names: &[&str]) -> (fix::FixPlan, Scan) {
    let world = world(&home.path(), &[]);
    let files = Files::new(&world);
    let found = whole(home);
    let chosen = found.findings.iter().filter(|finding| {
        names.is_empty()
            || finding
                .name
                .as_deref()
                .is_some_and(|name| names.contains(&name))
    });
    let fix_plan = fix::plan_edits(&files, &world, chosen, fix);
    for edit in &fix_plan.files {
        fix::apply_edit(&files, &world, edit).unwrap();
    }
    (fix_plan, whole(home))
}

/// A home with one file, mended; the file afterwards.
fn after(file: &str, content: impl AsRef<[u8]>, fix: fix::Fix, names: &[&str]) -> Vec<u8> {
    let home = Home::new();
    home.write(file, content);
    mended(&home, fix, names);
    std::fs::read(home.join(file)).unwrap()
}

#[test]
fn mend_takes_out_the_word_and_leaves_every_other_byte() {
    use fix::Fix::{Comment, Remove};
    let cases: [(&str, &str, fix::Fix, &str); 17] = [
        (
            ".bashrc",
            "a=1\nexport HF_TOKEN=v1\nb=2\n",
            Remove,
            "a=1\nb=2\n",
        ),
        (
            ".bashrc",
            "a=1\r\nexport HF_TOKEN=v1\r\nb=2",
            Remove,
            "a=1\r\nb=2",
        ),
        (
            ".bashrc",
            "export A=1 HF_TOKEN=v1 B=2\n",
            Remove,
            "export A=1 B=2\n",
        ),
        (
            ".bashrc",
            "export A=1 HF_TOKEN=v1 B=2\n",
            Comment,
            "# export HF_TOKEN=v1\nexport A=1 B=2\n",
        ),
        (".bashrc", "export HF_TOKEN=v1 NPM_TOKEN=v2\n", Remove, ""),
        (
            ".bashrc",
            "x; export HF_TOKEN='a\nb'\ny\n",
            Remove,
            "x; :\ny\n",
        ),
        (
            ".bashrc",
            "export HF_TOKEN='a\nb'\ny\n",
            Comment,
            "# export HF_TOKEN='a\n# b'\ny\n",
        ),
        (
            ".bashrc",
            "if x; then\n  export HF_TOKEN=v1\nfi\n",
            Remove,
            "if x; then\n  :\nfi\n",
        ),
        (
            ".bashrc",
            "if x; then\n  export HF_TOKEN=v1\nfi\n",
            Comment,
            "if x; then\n  :\n#   export HF_TOKEN=v1\nfi\n",
        ),
        (".bashrc", "export HF_TOKEN=v1 # mine\n", Remove, "# mine\n"),
        (".bashrc", "# export HF_TOKEN=v1\nx\n", Remove, "x\n"),
        (".bashrc", "HF_TOKEN=v1 tool\n", Remove, "tool\n"),
        (
            ".bashrc",
            "alias t='HF_TOKEN=v1 tool'\n",
            Remove,
            "alias t='tool'\n",
        ),
        (
            ".config/fish/config.fish",
            "set -gx HF_TOKEN v1; x\n",
            Remove,
            "true; x\n",
        ),
        (
            ".env",
            "A=1\nHF_TOKEN=\"a\nb\"\nB=2\n",
            Remove,
            "A=1\nB=2\n",
        ),
        (
            ".config/Code/User/settings.json",
            "{\n  \"terminal.integrated.env.linux\": {\n    \"A\": \"1\",\n    \"HF_TOKEN\": \"v1\"\n  }\n}\n",
            Remove,
            "{\n  \"terminal.integrated.env.linux\": {\n    \"A\": \"1\",\n  }\n}\n",
        ),
        (
            ".bash_history",
            "ls\n#1700000000\nexport HF_TOKEN=v1\nls\n",
            Remove,
            "ls\nls\n",
        ),
    ];
    for (file, before, fix, expected) in cases {
        let found = after(file, before, fix, &[]);
        assert_eq!(
            String::from_utf8(found).unwrap(),
            expected,
            "{before:?} {fix:?}"
        );
    }
}

#[test]
fn mend_leaves_a_command_where_fish_needs_one() {
    use fix::Fix;
    let text = "true &&\nset -gx HF_TOKEN FAKE\necho a\n";
    let file = ".config/fish/config.fish";
    let removed = after(file, text, Fix::Remove, &["HF_TOKEN"]);
    assert_eq!(removed, b"true &&\ntrue\necho a\n");
}

#[test]
fn mend_keeps_marks_encoding_and_mode() {
    use fix::Fix::Remove;
    let found = after(
        ".bashrc",
        b"\xef\xbb\xbfexport HF_TOKEN=v1\r\nx \xff\r\n",
        Remove,
        &[],
    );
    assert_eq!(found, b"\xef\xbb\xbfx \xff\r\n");
    let home = Home::from_fixture(fixture());
    home.write_with_mode(".bashrc", "export HF_TOKEN=v1\ny\n", 0o640);
    mended(&home, Remove, &[]);
    assert_eq!(home.read(".bashrc"), "y\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(home.join(".bashrc"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o640);
    }
    let bytes = std::fs::read(home.join("windows/environment.reg")).unwrap();
    let text = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n\"Path\"=\"C:\\\\bin\"\r\n";
    let expected: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(bytes, expected);
}

#[test]
fn mend_removes_all_of_the_fixture_but_what_it_names() {
    let home = Home::from_fixture(fixture());
    let (fix_plan, left) = mended(&home, fix::Fix::Remove, &[]);
    let named: BTreeSet<_> = fix_plan
        .left
        .iter()
        .filter_map(|left| Some((left.file.clone()?, left.name.clone())))
        .collect();
    let remaining: BTreeSet<_> = left
        .findings
        .iter()
        .map(|finding| (finding.file.clone().unwrap(), finding.name.clone()))
        .collect();
    assert_eq!(remaining, named, "{:#?}", fix_plan.left);
    assert!(remaining.len() <= 7, "{remaining:#?}");
    // What has no secret is as it was.
    for file in [
        ".zprofile",
        ".config/systemd/user/agent.service.d/override.conf",
    ] {
        assert!(!home.read(file).is_empty());
    }
    assert_eq!(
        home.read(".config/systemd/user/agent.service.d/override.conf"),
        "[Service]\nEnvironment=\"LANG=C.UTF-8\"\nEnvironmentFile=-%h/.config/agent.env\n"
    );
}

#[test]
fn mend_comment_leaves_nothing_in_effect() {
    let home = Home::from_fixture(fixture());
    let (fix_plan, left) = mended(&home, fix::Fix::Comment, &[]);
    let stays: BTreeSet<_> = fix_plan.left.iter().map(|left| left.name.clone()).collect();
    for finding in &left.findings {
        let is_out = finding.state == AssignmentState::Commented || stays.contains(&finding.name);
        assert!(is_out, "{}", shown(&home.path(), finding));
    }
}

#[cfg(unix)]
#[test]
fn links_are_read_and_never_written() {
    let home = Home::new();
    home.write(
        "dotfiles/bashrc",
        "export HF_TOKEN=v1\n. ~/.bashrc\n. ~/missing\n",
    );
    std::os::unix::fs::symlink("dotfiles/bashrc", home.join(".bashrc")).unwrap();
    std::os::unix::fs::symlink("loop", home.join(".zshrc")).unwrap();
    std::os::unix::fs::symlink(".zshrc", home.join("loop")).unwrap();
    let found = scanned(&home, &ScanRequest::default());
    assert_eq!(found.findings.len(), 1);
    assert_eq!(found.findings[0].file, Some(home.join(".bashrc")));
    let world = world(&home.path(), &[]);
    let files = Files::new(&world);
    let fix_plan = fix::plan_edits(&files, &world, &found.findings, fix::Fix::Remove);
    assert!(fix_plan.files.is_empty());
    assert!(fix_plan.left[0].reason.contains("symbolic link"));
}

#[test]
fn chains_of_files_end() {
    let home = Home::new();
    home.write(".bashrc", ". ~/s/0.sh\n");
    for number in 0..20 {
        let text = format!(
            ". ~/s/{}.sh\n. ~/s/{number}.sh\nexport HF_TOKEN=v{number}\n",
            number + 1
        );
        home.write(format!("s/{number}.sh"), text);
    }
    let found = scanned(&home, &ScanRequest::default());
    assert_eq!(found.findings.len(), 8);
    let is_said = |problem: &Problem| problem.hides && problem.message.contains("not followed");
    assert!(found.problems.iter().any(is_said));
}

#[test]
fn what_cannot_be_read_is_said_and_hides() {
    let home = Home::new();
    home.write(".bashrc", "export HF_TOKEN=v1\0\n");
    home.write(".zshrc", vec![b'#'; (1 << 20) + 1]);
    let found = scanned(&home, &ScanRequest::default());
    let hidden = found
        .problems
        .iter()
        .filter(|problem| problem.hides)
        .count();
    assert_eq!((found.findings.len(), hidden), (0, 2));
}

#[test]
fn profiles_of_a_status_are_all_but_histories() {
    let home = Home::from_fixture(fixture());
    let world = world(
        &home.path(),
        &[("OPENAI_API_KEY", "v"), ("SSH_AUTH_SOCK", "/x")],
    );
    let found = home_profiles(&Files::new(&world), &world, false, None);
    assert!(
        found
            .findings
            .iter()
            .all(|finding| finding.state != AssignmentState::History)
    );
    assert!(found.findings.len() > 40);
    let names: Vec<_> = find_in_environment(&world)
        .into_iter()
        .map(|finding| finding.name)
        .collect();
    assert_eq!(names, [Some("OPENAI_API_KEY".to_owned())]);
}

const SYNTAXES: [Syntax; 22] = [
    Syntax::Sh,
    Syntax::Bash,
    Syntax::Zsh,
    Syntax::Ksh,
    Syntax::Fish,
    Syntax::FishUniversal,
    Syntax::Csh,
    Syntax::PowerShell,
    Syntax::Cmd,
    Syntax::Registry,
    Syntax::Nushell,
    Syntax::EnvironmentD,
    Syntax::Unit,
    Syntax::Pam,
    Syntax::Launchd,
    Syntax::Direnv,
    Syntax::Dotenv,
    Syntax::VsCode,
    Syntax::Tmux,
    Syntax::Mise,
    Syntax::Ssh,
    Syntax::History,
];

#[test]
fn hostile_text_is_read_in_linear_time() {
    let pieces = [
        "(",
        "$(",
        "${",
        "\"",
        "'",
        "`",
        "<<A\n",
        "{ ",
        "if ",
        "case x in ",
        "#",
        "\\",
        "\\\n",
        "[[ ",
        "<(",
        "$'",
        "@'\n",
        "<#",
        "/*",
        "<!--",
        "<key>",
        "\"\"\"",
        "X_TOKEN=",
        "export X_TOKEN=\"",
        "X_TOKEN='",
        "a (",
        ")",
        "fi ",
        "$env:X_TOKEN = (",
        "echo 'X_TOKEN=1",
        "\"X_TOKEN\": {",
        "# X_TOKEN='",
        "X_TOKEN=\"\\",
        "load-env { A: ",
        "Environment=\\\n",
        ": ",
        "eval \"",
        "alias a='X_TOKEN=1",
    ];
    for piece in pieces {
        for syntax in SYNTAXES {
            // Whoever needs the square of the length takes many seconds for so much.
            if took(piece, 1 << 17, syntax) < Duration::from_millis(200) {
                continue;
            }
            // Or the machine is slow: then the short text takes longer too. Linear is 8 times,
            // quadratic 64.
            let least = |length| (0..3).map(|_| took(piece, length, syntax)).min().unwrap();
            let (short, long) = (least(1 << 14), least(1 << 17));
            assert!(
                long < short * 24,
                "{piece:?} {syntax:?}: {short:?}, and {long:?} for 8 times the length"
            );
        }
    }
}

/// The processor time that it takes to read a text of this length that is one piece over and over.
fn took(piece: &str, length: usize, syntax: Syntax) -> Duration {
    let text = piece.repeat(length / piece.len());
    adieu_testkit::processor_time(|| drop(parse_events(text.as_bytes(), syntax, None)))
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_fail(
        words in proptest::collection::vec(
            proptest::prelude::prop_oneof![
                "[ -~\n\r\t]{0,6}",
                proptest::sample::select(vec![
                    "export ", "X_TOKEN=", "'", "\"", "$(", ")", "${", "}", "<<E\n", "E\n", "#", "\\",
                    "\n", "if ", "fi\n", "set -gx X_TOKEN ", "$env:X_TOKEN = ", "@'\n", "'@\n", "<#", "#>",
                    "é", "\u{202e}", "set X_TOKEN=", "[env]\n", "X_TOKEN DEFAULT=", "Environment=",
                    "load-env { X_TOKEN: ", "{\"terminal.integrated.env.linux\":{\"X_TOKEN\":\"",
                    "<dict><key>EnvironmentVariables</key><dict><key>X_TOKEN</key><string>",
                ]).prop_map(str::to_owned),
            ],
            0..40,
        ),
    ) {
        let text = words.concat();
        for syntax in SYNTAXES {
            for event in parse_events(text.as_bytes(), syntax, None) {
                if let Event::Assign(found) = event {
                    let span = &found.span;
                    assert!(span.item.start <= span.item.end && span.item.end <= text.len());
                    assert!(span.statement.start <= span.statement.end && span.statement.end <= text.len());
                    assert!(found.shown.end <= text.len());
                }
            }
        }
    }
}

#[test]
fn names_of_a_dotenv_file_are_those_with_a_value() {
    let text = b"A=1\r\nexport B_KEY = \"two\nlines\"\n# C=3\nD=\nE=''\nF: 6\nhttp://x\nG='#7'";
    assert_eq!(dotenv_names(text), ["A", "B_KEY", "F", "G"]);
    assert_eq!(dotenv_names(b"\n=\n\r\n"), [""; 0]);
}
