//! Ours beside programs that people have: what a client's own status costs, and what it costs to look
//! for the same names with a search tool.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use adieu_testkit::Home;

use super::limits::{MOST_OF_CLAUDE, MOST_TIMES_RIPGREP};
use super::measure::{Comparison, Run, compare_in};
use crate::Failure;
use crate::process::{build_directory, find};

/// How many files the home has that is searched.
const DOTFILES: usize = 5000;

/// How many pairs of runs each ratio is the median of: the others take a long time.
const PAIRS: usize = 7;

/// One comparison.
pub(crate) struct Beside {
    ours: &'static str,
    theirs: &'static str,
    found: Comparison,
    most: f64,
}

impl Beside {
    /// What is wrong with it, if anything is.
    pub(crate) fn fault(&self) -> Option<String> {
        let Self {
            ours,
            theirs,
            found,
            most,
        } = self;
        (found.ratio > *most)
            .then(|| format!("{ours}: {:.3} times {theirs}, most {most:.3}", found.ratio))
    }
}

pub(crate) fn measure(root: &Path, adieu: &Path) -> Result<Vec<Beside>, Failure> {
    Ok(vec![status(root, adieu)?, scan(root, adieu)?])
}

/// The made-up home of the examples, and a copy for the client: it writes where it looks.
fn status(root: &Path, adieu: &Path) -> Result<Beside, Failure> {
    let example = root.join("examples/home");
    let (ours, theirs) = (Home::from_fixture(&example), Home::from_fixture(&example));
    let claude = claude()?;
    let unshare = find("unshare").ok_or("unshare is not installed")?;
    let words = format!("-rn {} auth status", claude.display());
    let found = compare_in(
        PAIRS,
        &Run::new(adieu, "status", &ours),
        // It asks its server who is signed in, at every run: here there is no network.
        &Run::new(&unshare, &words, &theirs),
    )?;
    Ok(Beside {
        ours: "`adieu status`: every tool, profiles included",
        theirs: "`claude auth status`: itself",
        found,
        most: MOST_OF_CLAUDE,
    })
}

fn claude() -> Result<PathBuf, Failure> {
    let build = build_directory()?;
    let parts = build.parent().unwrap_or(&build).join("real-parts/ai");
    let program = parts.join("node_modules/.bin/claude");
    if program.exists() {
        return Ok(program);
    }
    Err("claude is not installed; `cargo xtask setup --with ai` brings it".into())
}

/// A home with many dotfiles, searched for names of secrets.
fn scan(root: &Path, adieu: &Path) -> Result<Beside, Failure> {
    let home = dotfiles();
    let names = home.temporary().join("names");
    std::fs::write(&names, patterns(root)?)?;
    let ripgrep = find("rg").ok_or("rg is not installed; `cargo xtask setup` brings it")?;
    let searched = home.join("files").display().to_string();
    let theirs = format!("-n --hidden --no-ignore -f {} {searched}", names.display());
    let ours = Run::new(adieu, &format!("scan -o json {searched}"), &home).ends_with(1);
    let found = compare_in(PAIRS, &ours, &Run::new(&ripgrep, &theirs, &home))?;
    Ok(Beside {
        ours: "`adieu scan`, 5,000 dotfiles",
        theirs: "`rg` with the same names",
        found,
        most: MOST_TIMES_RIPGREP,
    })
}

/// The names that a scan knows, and the shapes by which it knows others, as regular expressions.
fn patterns(root: &Path) -> Result<String, Failure> {
    let table = std::fs::read_to_string(root.join("core/data/secret-variables.toml"))?;
    let names = table.lines().filter_map(|line| {
        let name = line.strip_prefix("name = \"")?.strip_suffix('"')?;
        Some(format!("\\b{name}\\b\n"))
    });
    let mut patterns: String = names.collect();
    patterns.push_str("\\b[A-Z][A-Z0-9_]*_(TOKEN|API_KEY|SECRET|PASSWORD|SECRET_KEY)\\b\n");
    Ok(patterns)
}

/// Files of many languages, one in a hundred with a secret; about 3 KB each.
fn dotfiles() -> Home {
    let home = Home::new();
    for number in 0..DOTFILES {
        let (name, line) = match number % 5 {
            0 => (".env", "SETTING_NNN=some value of setting NNN\n"),
            1 => (".envrc", "export SETTING_NNN=\"$HOME/some/path/NNN\"\n"),
            2 => (
                "setup.sh",
                "if [ -d /opt/NNN ]; then PATH=$PATH:/opt/NNN/bin; fi\n",
            ),
            3 => ("tool.zsh", "alias aNNN='tool --colour=auto --number NNN'\n"),
            _ => (
                "tool.fish",
                "set -gx SETTING_NNN some value of setting NNN\n",
            ),
        };
        let mut text = String::from("# What this tool needs to run. Written by hand.\n");
        for at in 0..60 {
            text.push_str(&line.replace("NNN", &at.to_string()));
        }
        if number % 100 < 5 && number % 20 < 5 {
            text.push_str(match number % 5 {
                4 => "set -gx HF_TOKEN FAKE-value\n",
                _ => "export HF_TOKEN=FAKE-value\n",
            });
        }
        home.write(format!("files/{:03}/{number}/{name}", number / 50), text);
    }
    home
}

/// The comparisons as a section of the page.
pub(crate) fn table(all: &[Beside]) -> String {
    let mut text = "## Beside other programs\n\nUser and system time, the median of pairs of runs in \
                    turns. The status is that of the made-up home in\n`examples/home`; the client is \
                    run without a network, in a copy of that home. The search is for\nthe names that \
                    a scan knows, 375 and more, as one set of patterns.\n\n| adieu | time | other \
                    program | time | ratio | allowed |\n| --- | ---: | --- | ---: | ---: | ---: |\n"
        .to_owned();
    let shown = |ratio: f64| {
        if ratio < 0.1 {
            format!("1 / {:.0}", 1.0 / ratio)
        } else {
            format!("{ratio:.2}")
        }
    };
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    for one in all {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            one.ours,
            milliseconds(one.found.measured),
            one.theirs,
            milliseconds(one.found.reference),
            shown(one.found.ratio),
            shown(one.most),
        );
    }
    text.push('\n');
    text
}
