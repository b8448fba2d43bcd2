//! Whose configuration it is: what strangers put above the working directory, behind imports and
//! into another person's home.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use adieu_testkit::{Adieu, Home, Output};

use crate::support::{PROGRAM, has};

/// Somebody else, and the person whose home root looks at.
const STRANGER: u32 = 4001;
const PERSON: u32 = 4002;

const PLANTED: &str = "auth:\n  providers:\n    planted: { kind: aws/iam-identity-center, region: us-east-1, \
                       start_url: 'https://portal.acme.example/start' }\n";

/// Only root may give files away.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn give(path: impl AsRef<Path>, owner: u32) {
    std::os::unix::fs::lchown(path, Some(owner), Some(owner)).unwrap();
}

fn mode(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn run(home: &Home, cwd: &Path, words: &str) -> Output {
    Adieu::new(PROGRAM)
        .home(home)
        .cwd(cwd)
        .args(words.split(' '))
        .run()
}

/// A directory `above` with a file in it, and `above/own/deep` to start from.
fn above(file: &str) -> (Home, std::path::PathBuf) {
    let home = Home::new();
    let above = home.root().join("above");
    fs::create_dir_all(above.join("own/deep")).unwrap();
    mode(&above, 0o755);
    fs::write(above.join(file), PLANTED).unwrap();
    mode(above.join(file), 0o644);
    (home, above)
}

/// Whether the planted provider is configured there.
fn is_used(home: &Home, cwd: &Path, words: &str) -> bool {
    let output = run(home, cwd, words);
    output.stdout.contains("planted")
}

#[test]
fn file_above_that_only_the_person_can_change_is_used() {
    for file in ["atmos.yaml", "atmos.yml"] {
        let (home, above) = above(file);
        assert!(
            is_used(&home, &above.join("own/deep"), "auth list"),
            "{file}"
        );
    }
}

#[test]
fn file_above_in_a_place_that_others_can_write_to_is_named_and_left_out() {
    for (name, bits) in [("directory", 0o777), ("sticky", 0o1777), ("file", 0o666)] {
        let (home, above) = above("atmos.yaml");
        let file = above.join("atmos.yaml");
        mode(if name == "file" { &file } else { &above }, bits);
        let cwd = above.join("own/deep");
        for words in [
            "status",
            "list",
            "logout --all --dry-run",
            "auth list",
            "env --unset",
        ] {
            let output = run(&home, &cwd, words);
            assert!(!output.stdout.contains("planted"), "{name}: {output}");
            assert!(
                output.stderr.contains("above/atmos.yaml is left out"),
                "{name}: {output}"
            );
            assert!(
                output
                    .stderr
                    .contains("hint: if you trust it, name it: --config"),
                "{output}"
            );
        }
        let file = file.to_str().unwrap().to_owned();
        assert!(
            is_used(&home, &cwd, &format!("auth list --config {file}")),
            "{name}"
        );
        let output = run(&home, &cwd, "validate");
        assert!(output.stdout.contains("is left out"), "{output}");
    }
}

#[test]
fn fragments_and_a_repository_that_others_plant_above_are_left_out() {
    let (home, above) = above("other.yaml");
    fs::create_dir(above.join(".git")).unwrap();
    fs::create_dir(above.join("atmos.d")).unwrap();
    fs::write(above.join("atmos.d/x.yaml"), PLANTED).unwrap();
    let cwd = above.join("own");
    assert!(is_used(&home, &cwd, "auth list"));
    mode(&above, 0o777);
    assert!(!is_used(&home, &cwd, "auth list"));
}

#[test]
fn file_of_a_stranger_is_left_out_wherever_it_is_found() {
    if !is_root() {
        return;
    }
    let (home, above) = above("atmos.yaml");
    let cwd = above.join("own/deep");
    give(above.join("atmos.yaml"), STRANGER);
    let output = run(&home, &cwd, "auth list");
    assert!(!output.stdout.contains("planted"), "{output}");
    assert!(
        output.stderr.contains("belongs to user id 4001"),
        "{output}"
    );
    give(above.join("atmos.yaml"), 0);
    assert!(is_used(&home, &cwd, "auth list"));
    give(&above, STRANGER);
    assert!(!is_used(&home, &cwd, "auth list"), "a stranger's directory");
    // As Git: a directory of a stranger's is no project of mine, even when I stand in it.
    assert!(!is_used(&home, &above, "auth list"));
    give(&above, 0);
    give(above.join("atmos.yaml"), STRANGER);
    assert!(!is_used(&home, &above, "auth list"));
    // Git takes what belongs to who called sudo for root's own.
    give(&above, STRANGER);
    let output = Adieu::new(PROGRAM).home(&home).cwd(&above);
    let output = output.env("SUDO_UID", "4001").args(["auth", "list"]).run();
    assert!(output.stdout.contains("planted"), "{output}");
}

/// Whoever is configured there may be signed in: nobody can tell.
#[test]
fn configuration_that_is_left_out_leaves_the_verdict_open() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    home.atmos_yaml(PLANTED);
    run(&home, &home.work(), "auth status --check").code(0);
    run(&home, &home.work(), "validate").code(0);
    // As Git: a directory of a stranger's is no project of mine.
    give(home.work(), STRANGER);
    for words in ["auth status --check -o json", "status --check -o json"] {
        let output = run(&home, &home.work(), words).code(3);
        let document = output.json();
        assert_eq!(document["verdict"], "unknown", "{output}");
        let problems = document["problems"].as_array().unwrap();
        let is_named = |problem: &serde_json::Value| {
            let location = problem["location"].as_str().unwrap();
            location.ends_with("atmos.yaml")
        };
        assert!(problems.iter().any(is_named), "{output}");
    }
    let output = run(&home, &home.work(), "validate").code(3);
    assert!(output.stdout.contains("Could not tell"), "{output}");
    // One above says nothing of the rest of the machine.
    let (home, above) = above("atmos.yaml");
    mode(&above, 0o777);
    run(&home, &above.join("own/deep"), "auth status --check").code(3);
    run(&home, &above.join("own/deep"), "status --check").code(0);
}

#[test]
fn imports_are_judged_as_files_above_are_links_included() {
    let home = Home::new();
    let shared = home.root().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("x.yaml"), PLANTED).unwrap();
    fs::write(shared.join("own.yaml"), PLANTED).unwrap();
    let text = |import: &str| format!("import: ['{import}']\nauth: {{ realm: acme }}\n");
    for import in [
        shared.join("x.yaml").to_str().unwrap(),
        "link.yaml",
        "way/x.yaml",
    ] {
        home.atmos_yaml(&text(import));
        for link in ["link.yaml", "way"] {
            let _ = fs::remove_file(home.work().join(link));
        }
        symlink(shared.join("x.yaml"), home.work().join("link.yaml")).unwrap();
        symlink(&shared, home.work().join("way")).unwrap();
        mode(&shared, 0o755);
        assert!(is_used(&home, &home.work(), "auth list"), "{import}");
        mode(&shared, 0o1777);
        let output = run(&home, &home.work(), "auth list");
        assert!(!output.stdout.contains("planted"), "{import}: {output}");
        assert!(output.stderr.contains("is left out"), "{import}: {output}");
    }
    // A link of a stranger's to a file of mine.
    if is_root() {
        mode(&shared, 0o755);
        home.atmos_yaml(&text("link.yaml"));
        give(home.work().join("link.yaml"), STRANGER);
        assert!(!is_used(&home, &home.work(), "auth list"));
    }
}

#[test]
fn import_of_the_processs_own_files_is_not_read() {
    let home = Home::new();
    home.atmos_yaml("import: [env.yaml]\nauth: { realm: acme }\n");
    symlink("/proc/self/environ", home.work().join("env.yaml")).unwrap();
    let output = Adieu::new(PROGRAM)
        .home(&home)
        .env("SECRET", "FAKE-S3cr3t")
        .arg("validate")
        .run();
    assert!(!output.to_string().contains("FAKE-S3cr3t"), "{output}");
    assert!(output.stdout.contains("left out"), "{output}");
}

/// A home of another person's that root looks at.
fn home_of_person() -> Home {
    let home = Home::new();
    for path in [
        home.root().to_owned(),
        home.path(),
        home.path().join(".atmos"),
    ] {
        fs::create_dir_all(&path).unwrap();
        mode(&path, 0o755);
    }
    give(home.path(), PERSON);
    give(home.path().join(".atmos"), PERSON);
    home
}

#[test]
fn root_reads_nothing_for_a_person_that_the_person_could_not_read() {
    if !is_root() {
        return;
    }
    let home = home_of_person();
    let hidden = home.root().join("root-only");
    fs::create_dir(&hidden).unwrap();
    fs::write(
        hidden.join("hidden.yaml"),
        PLANTED.replace("planted", "FAKE-hidden"),
    )
    .unwrap();
    let main = home.path().join(".atmos/atmos.yaml");
    let words = format!("status --home {}", home.path().display());
    let run_it = || run(&home, Path::new("/"), &words);
    let assert_hidden = |what: &str| {
        let output = run_it();
        assert!(
            !output.to_string().contains("FAKE-hidden"),
            "{what}: {output}"
        );
        assert!(
            !output.to_string().contains("hidden.yaml"),
            "{what}: {output}"
        );
    };
    for (what, directory, file) in [("file", 0o755, 0o600), ("directory", 0o700, 0o644)] {
        mode(&hidden, directory);
        mode(hidden.join("hidden.yaml"), file);
        let _ = fs::remove_file(&main);
        symlink(hidden.join("hidden.yaml"), &main).unwrap();
        give(&main, PERSON);
        assert_hidden(what);
        fs::remove_file(&main).unwrap();
        let import = format!("import: ['{}/*']\nauth: {{}}\n", hidden.display());
        fs::write(&main, import).unwrap();
        give(&main, PERSON);
        if what == "directory" {
            assert_hidden("glob");
        } else {
            let output = run_it();
            assert!(!output.to_string().contains("FAKE-hidden"), "{output}");
        }
        fs::remove_file(&main).unwrap();
        fs::write(&main, "import: [link]\nauth: {}\n").unwrap();
        give(&main, PERSON);
        let link = home.path().join(".atmos/link.yaml");
        let _ = fs::remove_file(&link);
        symlink(hidden.join("hidden.yaml"), &link).unwrap();
        give(&link, PERSON);
        let output = run_it();
        assert!(!output.to_string().contains("FAKE-hidden"), "{output}");
    }
    // What the person owns, or everybody may read, is read.
    fs::remove_file(&main).unwrap();
    fs::write(&main, PLANTED).unwrap();
    mode(&main, 0o600);
    give(&main, PERSON);
    let words = format!("auth list --home {}", home.path().display());
    assert!(is_used(&home, Path::new("/"), &words));
}

#[test]
fn home_of_roots_is_not_taken_for_a_foreign_one() {
    if !is_root()
        || !has(
            "setpriv",
            &["--reuid=4002", "--regid=4002", "--clear-groups", "true"],
        )
    {
        return;
    }
    // As in a container: `HOME` is root's, and what is in it is the person's.
    let home = Home::new();
    for path in [
        home.root().to_owned(),
        home.path(),
        home.work(),
        home.temporary(),
    ] {
        mode(path, 0o755);
    }
    home.write_with_mode(".aws/sso/cache/token.json", "{\"startUrl\":\"https://portal.acme.example/start\",\
        \"region\":\"us-east-1\",\"accessToken\":\"FAKE-token\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}", 0o600);
    for path in [
        ".aws",
        ".aws/sso",
        ".aws/sso/cache",
        ".aws/sso/cache/token.json",
    ] {
        give(home.path().join(path), PERSON);
    }
    let output = Adieu::new("setpriv")
        .home(&home)
        .env("PATH", "/usr/bin:/bin")
        .args([
            "--reuid=4002",
            "--regid=4002",
            "--clear-groups",
            PROGRAM,
            "status",
            "-o",
            "json",
        ])
        .run();
    let document = output.json();
    assert_eq!(document["verdict"], "signed-in", "{output}");
}
