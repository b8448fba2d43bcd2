//! Packing a tree: an archive, a `.deb`, an `.rpm`. The same tree and time give the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::dist::hardening::Facts;
use crate::dist::tree::{File, Tree};
use crate::dist::{Release, templates};
use crate::process::run;

/// Where Debian's zsh looks for completions of packages.
const ZSH: &str = "share/zsh/site-functions/";
const ZSH_OF_DEBIAN: &str = "share/zsh/vendor-completions/";

/// The archive: `tar` with sorted names, one owner and one time, and `gzip` without name and time.
pub(crate) fn archive(tree: &Tree, release: &Release, output: &Path) -> Result<PathBuf, Failure> {
    let name = release.name();
    let work = output.join("work-archive");
    tree.write(&work.join(&name))?;
    let file = output.join(format!("{name}.tar.gz"));
    run(Command::new("tar")
        .args([
            "--create",
            "--sort=name",
            "--format=ustar",
            "--mode=u=rwX,go=rX",
        ])
        .args(["--owner=root:0", "--group=root:0", "--numeric-owner"])
        .arg(format!("--mtime=@{}", release.time))
        .args(["--use-compress-program", "gzip -9n"])
        .arg("--file")
        .arg(&file)
        .arg("--directory")
        .arg(&work)
        .arg(&name))?;
    fs::remove_dir_all(work)?;
    Ok(file)
}

/// The package for Debian and its relatives, by `dpkg-deb`.
pub(crate) fn debian(
    tree: &Tree,
    release: &Release,
    facts: &Facts,
    output: &Path,
) -> Result<(), Failure> {
    let architecture = match release.machine() {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let work = output.join("work-debian");
    for_debian(tree, release)?.write(&work.join("usr"))?;
    gzip(&work.join("usr/share/man/man1"))?;
    gzip(&work.join("usr/share/doc/adieu/changelog"))?;
    gzip(&work.join("usr/share/doc/adieu/changelog.Debian"))?;
    let size: usize = tree
        .0
        .values()
        .map(|file| file.bytes.len().div_ceil(1024))
        .sum();
    let control = templates::of_packages::DEBIAN_CONTROL
        .replace("@VERSION@", &release.version)
        .replace("@ARCHITECTURE@", architecture)
        .replace("@SIZE@", &size.to_string())
        .replace("@DEPENDS@", &debian_depends(facts));
    fs::create_dir_all(work.join("DEBIAN"))?;
    fs::write(work.join("DEBIAN/control"), control)?;
    let mut sums = String::new();
    for file in files_below(&work.join("usr"))? {
        let inside = file.strip_prefix(&work)?.display().to_string();
        // What dpkg compares with is an MD5 sum.
        let answer = super::answer(Command::new("md5sum").arg("--").arg(&file))?;
        let sum = answer.split_whitespace().next().unwrap_or_default();
        writeln!(sums, "{sum}  {inside}")?;
    }
    fs::write(work.join("DEBIAN/md5sums"), sums)?;
    plain_modes(&work)?;
    run(Command::new("dpkg-deb")
        .args(["--root-owner-group", "-Zxz", "--build"])
        .arg(&work)
        .arg(output.join(format!("adieu_{}-1_{architecture}.deb", release.version)))
        .env("SOURCE_DATE_EPOCH", &release.time))?;
    fs::remove_dir_all(work)?;
    Ok(())
}

/// The package for Fedora and its relatives, by `rpmbuild`.
pub(crate) fn fedora(tree: &Tree, release: &Release, output: &Path) -> Result<(), Failure> {
    let work = output.join("work-fedora");
    tree.write(&work.join("tree"))?;
    gzip(&work.join("tree/share/man/man1"))?;
    plain_modes(&work.join("tree"))?;
    let specification = templates::of_packages::RPM_SPECIFICATION
        .replace("@VERSION@", &release.version)
        .replace("@TREE@", &work.join("tree").display().to_string());
    fs::write(work.join("adieu.spec"), specification)?;
    let mut command = Command::new("rpmbuild");
    command.args(["-bb", "--quiet", "--target", release.machine()]);
    for definition in [
        format!("_topdir {}", work.join("top").display()),
        format!("_rpmdir {}", output.display()),
        "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm".to_owned(),
        "_buildhost localhost".to_owned(),
        "use_source_date_epoch_as_buildtime 1".to_owned(),
        "clamp_mtime_to_source_date_epoch 1".to_owned(),
    ] {
        command.args(["--define", &definition]);
    }
    run(command
        .arg(work.join("adieu.spec"))
        .env("SOURCE_DATE_EPOCH", &release.time))?;
    fs::remove_dir_all(work)?;
    Ok(())
}

/// The tree with what Debian has in other places, and the papers that it wants.
fn for_debian(tree: &Tree, release: &Release) -> Result<Tree, Failure> {
    let mut files = std::collections::BTreeMap::new();
    for (path, file) in &tree.0 {
        let place = match (path.strip_prefix(ZSH), path.as_str()) {
            (Some(name), _) => format!("{ZSH_OF_DEBIAN}{name}"),
            (None, "share/doc/adieu/CHANGELOG.md") => "share/doc/adieu/changelog".to_owned(),
            // In `copyright`, as the policy wants it.
            (None, "share/doc/adieu/LICENSE-MIT" | "share/doc/adieu/LICENSE-APACHE") => continue,
            (None, _) => path.clone(),
        };
        files.insert(place, file.clone());
    }
    let mit = &tree.0["share/doc/adieu/LICENSE-MIT"].bytes;
    // A paragraph of a field: indented, and a point where a line is empty.
    let mit: Vec<String> = std::str::from_utf8(mit)?
        .lines()
        .map(|line| {
            if line.is_empty() {
                " .".to_owned()
            } else {
                format!(" {line}")
            }
        })
        .collect();
    let copyright = templates::of_packages::DEBIAN_COPYRIGHT.replace("@MIT@", &mit.join("\n"));
    let date = super::answer(
        Command::new("date")
            .env("LC_ALL", "C")
            .args(["--utc", "--rfc-email", "--date"])
            .arg(format!("@{}", release.time)),
    )?;
    let changelog = templates::of_packages::DEBIAN_CHANGELOG
        .replace("@VERSION@", &release.version)
        .replace("@DATE@", &date);
    files.insert(
        "share/doc/adieu/changelog.Debian".to_owned(),
        File::data(changelog),
    );
    files.insert(
        "share/doc/adieu/copyright".to_owned(),
        File::data(copyright),
    );
    files.insert(
        "share/lintian/overrides/adieu".to_owned(),
        File::data(templates::of_packages::LINTIAN_OVERRIDES),
    );
    Ok(Tree(files))
}

/// What the program loads, as packages of Debian.
fn debian_depends(facts: &Facts) -> String {
    let (major, minor) = facts.glibc;
    let mut depends = vec![format!("libc6 (>= {major}.{minor})")];
    if facts.libraries.iter().any(|name| name == "libgcc_s.so.1") {
        depends.push("libgcc-s1 (>= 4.2)".to_owned());
    }
    depends.join(", ")
}

/// Compresses a file, or every file in a directory, without name and time.
fn gzip(place: &Path) -> Result<(), Failure> {
    run(Command::new("gzip").args(["-9n", "-r"]).arg(place))
}

/// Directories that anybody can read, whatever the umask is.
fn plain_modes(directory: &Path) -> Result<(), Failure> {
    run(Command::new("chmod")
        .args(["-R", "u=rwX,go=rX"])
        .arg(directory))
}

fn files_below(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn release() -> Release {
        Release {
            version: "0.0.1".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            time: "1000000000".to_owned(),
        }
    }

    fn tree() -> Tree {
        let mut files = BTreeMap::new();
        for path in [
            "bin/adieu",
            "share/man/man1/adieu.1",
            "share/doc/adieu/README.md",
        ] {
            files.insert(path.to_owned(), File::data(path));
        }
        Tree(files)
    }

    #[test]
    fn the_same_tree_packed_later_has_the_same_bytes() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = archive(&tree(), &release(), first.path())
            .map(fs::read)
            .unwrap();
        // Times of files are in whole seconds in an archive.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let second = archive(&tree(), &release(), second.path())
            .map(fs::read)
            .unwrap();
        assert!(first.unwrap() == second.unwrap());
    }

    #[test]
    fn a_package_asks_for_the_libraries_that_the_program_loads() {
        let facts = Facts {
            glibc: (2, 34),
            libraries: vec!["libc.so.6".to_owned(), "libgcc_s.so.1".to_owned()],
        };
        assert_eq!(
            debian_depends(&facts),
            "libc6 (>= 2.34), libgcc-s1 (>= 4.2)"
        );
    }
}
