//! The descriptions of a release for other package managers, filled with its version, address and sum.

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::dist::Release;

/// Where releases are.
const RELEASES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/download");

/// What goes into packages.
pub(crate) mod of_packages {
    pub(crate) const DEBIAN_CONTROL: &str = include_str!("../../../packaging/debian/control");
    pub(crate) const DEBIAN_CHANGELOG: &str = include_str!("../../../packaging/debian/changelog");
    pub(crate) const DEBIAN_COPYRIGHT: &str = include_str!("../../../packaging/debian/copyright");
    pub(crate) const LINTIAN_OVERRIDES: &str =
        include_str!("../../../packaging/debian/lintian-overrides");
    pub(crate) const RPM_SPECIFICATION: &str = include_str!("../../../packaging/adieu.spec");
}

/// Fills each of `packaging/templates` into a file of the same name.
pub(crate) fn fill(
    root: &Path,
    release: &Release,
    sum: &str,
    output: &Path,
) -> Result<(), Failure> {
    for entry in fs::read_dir(root.join("packaging/templates"))? {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default();
        let text = filled(&fs::read_to_string(&path)?, release, sum)
            .map_err(|word| format!("nothing is known for {word} of {}", path.display()))?;
        fs::write(output.join(name), text)?;
    }
    Ok(())
}

/// A text with every `@WORD@` filled in; the word for which there is nothing otherwise.
fn filled(template: &str, release: &Release, sum: &str) -> Result<String, String> {
    let name = release.name();
    let url = format!("{RELEASES}/v{}/{name}.tar.gz", release.version);
    let homebrew = if release.machine() == "aarch64" {
        "arm64"
    } else {
        "x86_64"
    };
    let text = template
        .replace("@NAME@", &name)
        .replace("@URL@", &url)
        .replace("@VERSION@", &release.version)
        .replace("@MACHINE@", release.machine())
        .replace("@HOMEBREW_ARCHITECTURE@", homebrew)
        .replace("@SHA256@", sum);
    let left = text.split('@').skip(1).find(|word| {
        !word.is_empty()
            && word
                .chars()
                .all(|character| character.is_ascii_uppercase() || character == '_')
    });
    match left {
        Some(word) => Err(word.to_owned()),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            version: "1.2.3".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            time: "0".to_owned(),
        }
    }

    #[test]
    fn every_template_is_filled_whole() {
        let root = crate::workspace();
        let output = tempfile::tempdir().unwrap();
        fill(&root, &release(), "ab12", output.path()).unwrap();
        let formula = fs::read_to_string(output.path().join("adieu.rb")).unwrap();
        assert!(
            formula.contains(
                "/releases/download/v1.2.3/adieu-1.2.3-x86_64-unknown-linux-gnu.tar.gz\""
            )
        );
        assert!(formula.contains("sha256 \"ab12\""), "{formula}");
    }

    #[test]
    fn a_word_that_is_not_known_is_an_error() {
        assert_eq!(
            filled("a@example.org @SIZE@", &release(), ""),
            Err("SIZE".to_owned())
        );
    }
}
