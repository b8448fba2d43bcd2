//! What the program costs, and whether that is within what is promised: `cargo xtask bench`.
//!
//! Instruction counts are the same every time, so they are what is checked. Times are compared with
//! those of another program that is run in turns with ours, never with a number of seconds.

mod beside;
mod home;
mod limits;
mod measure;
mod orgs;
mod page;

use std::path::{Path, PathBuf};

use self::beside::Beside;
use self::home::{IDENTITY, Spread, of_the_document, signed_in};
use self::limits::{CEILINGS, MOST_GROWTH, MOST_TIMES_ARGUMENTS, MOST_TIMES_YAML};
use self::measure::{Comparison, Run, Touches, compare, instructions, peak_memory, touches};
use self::orgs::OrgFigures;
use crate::Failure;
use crate::process::{cargo, run as run_program};

/// How to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only count instructions of the smaller homes, and compare them with their ceilings; writes
    /// nothing.
    #[arg(long)]
    check: bool,
    /// Only measure Salesforce orgs, and write their part of the page.
    #[arg(long, conflicts_with = "check")]
    orgs: bool,
    /// Only compare with a client's own status and with a search tool; writes nothing.
    #[arg(long, conflicts_with_all = ["check", "orgs"])]
    beside: bool,
    /// The build profile to measure.
    #[arg(long, default_value = "bench")]
    profile: String,
}

/// Numbers of identities.
const SIZES: [usize; 4] = [10, 100, 1000, 10_000];

/// Files that are read and changed once, however many identities are in them.
const COUNTED_FILES: [&str; 3] = ["atmos.yaml", "credentials", "config"];

/// One command line whose growth is measured.
struct Scenario {
    arguments: String,
    spread: Spread,
}

impl Scenario {
    fn all() -> [Self; 4] {
        let hundreds = |arguments: String| Self {
            arguments,
            spread: Spread::Hundreds,
        };
        [
            hundreds("auth logout --all --dry-run".to_owned()),
            hundreds(format!("logout {IDENTITY} --dry-run")),
            // Without the servers: what they take is counted in round trips, in the tests.
            hundreds("auth logout --all --no-revoke".to_owned()),
            Self {
                arguments: "auth logout --all --no-revoke".to_owned(),
                spread: Spread::OneProvider,
            },
        ]
    }

    fn title(&self) -> String {
        match self.spread {
            Spread::Hundreds => format!("`{}`", self.arguments),
            Spread::OneProvider => format!("`{}`, all in one file", self.arguments),
        }
    }

    /// Instructions for each size.
    fn measure(&self, program: &Path, sizes: &[usize]) -> Result<Growth, Failure> {
        let mut counts = Vec::new();
        for &size in sizes {
            let home = signed_in(size, self.spread);
            counts.push(instructions(&Run::new(program, &self.arguments, &home))?);
        }
        Ok(Growth {
            title: self.title(),
            counts,
        })
    }
}

/// Instructions of one command line, for growing homes.
struct Growth {
    title: String,
    counts: Vec<u64>,
}

impl Growth {
    /// How many times the instructions of the size before each size takes.
    #[expect(clippy::cast_precision_loss, reason = "a ratio to two digits")]
    fn factors(&self) -> Vec<f64> {
        let pairs = self.counts.windows(2);
        pairs.map(|pair| pair[1] as f64 / pair[0] as f64).collect()
    }
}

/// Instructions of something that is done once.
struct Single {
    title: &'static str,
    count: u64,
}

/// Times on the processor, as a ratio that must not be exceeded.
struct Ratio {
    title: &'static str,
    reference: &'static str,
    found: Comparison,
    most: f64,
}

/// File operations of one command line, for growing homes with one credentials file.
struct Operations {
    title: String,
    sizes: Vec<usize>,
    files: Vec<(&'static str, Vec<Touches>)>,
}

/// Everything that was measured.
struct Figures {
    growth: Vec<Growth>,
    singles: Vec<Single>,
    ratios: Vec<Ratio>,
    beside: Vec<Beside>,
    memory: Vec<(usize, u64)>,
    operations: Vec<Operations>,
    orgs: OrgFigures,
}

/// The programs that are measured.
struct Programs {
    adieu: PathBuf,
    args_only: PathBuf,
    yaml_only: PathBuf,
}

pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let programs = build(root, &arguments.profile)?;
    if arguments.check {
        let sizes = &SIZES[..3];
        let growth = growth(&programs, sizes)?;
        let singles = singles(&programs)?;
        let of_orgs = orgs::growth(&programs.adieu)?;
        print!("{}", page::instruction_tables(&growth, sizes, &singles));
        print!("{}", page::growth_table(&of_orgs, &orgs::SIZES));
        let mut faults = faults_of_growth(&growth);
        faults.extend(faults_of_growth(&of_orgs));
        faults.extend(faults_of_ceilings(&growth, &singles));
        return verdict(&faults);
    }
    let page = root.join("docs/performance.md");
    if arguments.orgs {
        let figures = orgs::figures(&programs.adieu)?;
        let text = page::orgs(&figures);
        print!("{text}");
        let before = std::fs::read_to_string(&page)?;
        let kept = before.split(page::ORGS).next().unwrap_or_default();
        std::fs::write(&page, format!("{kept}{text}"))?;
        return verdict(&faults_of_orgs(&figures));
    }
    if arguments.beside {
        let all = beside::measure(root, &programs.adieu)?;
        print!("{}", beside::table(&all));
        let faults: Vec<String> = all.iter().filter_map(Beside::fault).collect();
        return verdict(&faults);
    }
    let figures = Figures {
        growth: growth(&programs, &SIZES)?,
        singles: singles(&programs)?,
        ratios: ratios(&programs)?,
        beside: beside::measure(root, &programs.adieu)?,
        memory: memory(&programs)?,
        operations: operations(&programs)?,
        orgs: orgs::figures(&programs.adieu)?,
    };
    let text = page::page(&figures);
    print!("{text}");
    std::fs::write(page, &text)?;
    let mut faults = faults_of_growth(&figures.growth);
    faults.extend(faults_of_ceilings(&figures.growth, &figures.singles));
    faults.extend(faults_of_ratios(&figures.ratios));
    faults.extend(figures.beside.iter().filter_map(Beside::fault));
    faults.extend(faults_of_operations(&figures.operations));
    faults.extend(faults_of_orgs(&figures.orgs));
    verdict(&faults)
}

fn verdict(faults: &[String]) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("more than is allowed:\n  {}", faults.join("\n  ")).into())
}

/// Builds each program by itself, so that none gets features that only another one asks for, and
/// copies it, as an installation does: what the linker has just written lies in memory in small
/// pieces, and takes a third more page faults to start.
fn build(root: &Path, profile: &str) -> Result<Programs, Failure> {
    for package in ["adieu-cli", "adieu-bench-programs"] {
        run_program(cargo(root).args([
            "build",
            "--quiet",
            "--locked",
            "--profile",
            profile,
            "--package",
            package,
        ]))?;
    }
    // Cargo's own profiles share two directories.
    let directory = match profile {
        "bench" | "release" => "release",
        "dev" | "test" => "debug",
        own => own,
    };
    let built = crate::process::build_directory()?;
    let target = built
        .parent()
        .ok_or("this program is not in a target directory")?;
    let installed = target.join("installed");
    std::fs::create_dir_all(&installed)?;
    let install = |name: &str| -> Result<PathBuf, Failure> {
        let program = installed.join(name);
        // A new file: the old one may be running, and is cached as it was written.
        let _ = std::fs::remove_file(&program);
        std::fs::copy(target.join(directory).join(name), &program)?;
        Ok(program)
    };
    Ok(Programs {
        adieu: install("adieu")?,
        args_only: install("args_only")?,
        yaml_only: install("yaml_only")?,
    })
}

fn growth(programs: &Programs, sizes: &[usize]) -> Result<Vec<Growth>, Failure> {
    let scenarios = Scenario::all();
    scenarios
        .iter()
        .map(|scenario| scenario.measure(&programs.adieu, sizes))
        .collect()
}

fn dry_run() -> String {
    format!("logout {IDENTITY} --dry-run")
}

fn singles(programs: &Programs) -> Result<Vec<Single>, Failure> {
    let home = of_the_document();
    let file = home.work().join("atmos.yaml").display().to_string();
    let measured = [
        ("`--version`", &programs.adieu, "--version".to_owned()),
        (
            "`logout IDENTITY --dry-run`, two identities",
            &programs.adieu,
            dry_run(),
        ),
        (
            "a program that only parses its arguments",
            &programs.args_only,
            format!("{IDENTITY} --dry-run"),
        ),
        (
            "the YAML library alone, the same file",
            &programs.yaml_only,
            file,
        ),
    ];
    let counted = measured.into_iter().map(|(title, program, arguments)| {
        let count = instructions(&Run::new(program, &arguments, &home))?;
        Ok(Single { title, count })
    });
    counted.collect()
}

fn ratios(programs: &Programs) -> Result<Vec<Ratio>, Failure> {
    let (small, large) = (of_the_document(), signed_in(500, Spread::Hundreds));
    let file = large.work().join("atmos.yaml").display().to_string();
    let ours = dry_run();
    let arguments_alone = format!("{IDENTITY} --dry-run");
    Ok(vec![
        Ratio {
            title: "`logout IDENTITY --dry-run`, two identities",
            reference: "parsing the arguments alone",
            found: compare(
                &Run::new(&programs.adieu, &ours, &small),
                &Run::new(&programs.args_only, &arguments_alone, &small),
            )?,
            most: MOST_TIMES_ARGUMENTS,
        },
        Ratio {
            title: "`logout IDENTITY --dry-run`, 500 identities",
            reference: "the YAML library alone",
            found: compare(
                &Run::new(&programs.adieu, &ours, &large),
                &Run::new(&programs.yaml_only, &file, &large),
            )?,
            most: MOST_TIMES_YAML,
        },
    ])
}

fn memory(programs: &Programs) -> Result<Vec<(usize, u64)>, Failure> {
    let measured = SIZES.iter().map(|&size| {
        let home = signed_in(size, Spread::Hundreds);
        let run = Run::new(&programs.adieu, "auth logout --all --no-revoke", &home);
        Ok((size, peak_memory(&run)?))
    });
    measured.collect()
}

fn operations(programs: &Programs) -> Result<Vec<Operations>, Failure> {
    let command_lines = [
        dry_run(),
        format!("logout {IDENTITY} --no-revoke"),
        "auth logout --all --no-revoke".to_owned(),
    ];
    command_lines
        .into_iter()
        .map(|arguments| operations_of(programs, &arguments))
        .collect()
}

fn operations_of(programs: &Programs, arguments: &str) -> Result<Operations, Failure> {
    let sizes = vec![10, 100, 1000];
    let mut files: Vec<_> = COUNTED_FILES
        .iter()
        .map(|name| (*name, Vec::new()))
        .collect();
    for &size in &sizes {
        let home = signed_in(size, Spread::OneProvider);
        let found = touches(&Run::new(&programs.adieu, arguments, &home), &COUNTED_FILES)?;
        for (name, counted) in &mut files {
            counted.extend(found.get(name));
        }
    }
    Ok(Operations {
        title: format!("`{arguments}`"),
        sizes,
        files,
    })
}

fn faults_of_growth(growth: &[Growth]) -> Vec<String> {
    let fault = |growth: &Growth| {
        let worst = growth.factors().into_iter().fold(0.0, f64::max);
        (worst > MOST_GROWTH).then(|| {
            format!(
                "{}: {worst:.2} times for tenfold, most {MOST_GROWTH}",
                growth.title
            )
        })
    };
    growth.iter().filter_map(fault).collect()
}

/// The largest home of the quick check, and what is done once, against their ceilings.
fn faults_of_ceilings(growth: &[Growth], singles: &[Single]) -> Vec<String> {
    let grown = growth
        .iter()
        .filter_map(|growth| Some((growth.title.as_str(), *growth.counts.get(2)?)));
    let counts: Vec<(&str, u64)> = grown
        .chain(singles.iter().map(|one| (one.title, one.count)))
        .collect();
    CEILINGS
        .iter()
        .filter_map(
            |(title, ceiling)| match counts.iter().find(|(counted, _)| counted == title) {
                Some((_, count)) if count <= ceiling => None,
                Some((_, count)) => {
                    Some(format!("{title}: {count} instructions, ceiling {ceiling}"))
                }
                None => Some(format!("{title}: has a ceiling, but was not measured")),
            },
        )
        .collect()
}

fn faults_of_ratios(ratios: &[Ratio]) -> Vec<String> {
    let over = ratios.iter().filter(|ratio| ratio.found.ratio > ratio.most);
    over.map(|ratio| {
        let Ratio {
            title,
            reference,
            found,
            most,
        } = ratio;
        format!("{title}: {:.2} times {reference}, most {most}", found.ratio)
    })
    .collect()
}

fn faults_of_orgs(figures: &OrgFigures) -> Vec<String> {
    let mut faults = faults_of_growth(&figures.growth);
    faults.extend(faults_of_operations(std::slice::from_ref(
        &figures.operations,
    )));
    // One rewrite of each file, however many orgs leave it.
    for (name, counted) in &figures.operations.files {
        if counted.iter().any(|touches| touches.renames > 1) {
            faults.push(format!("{name} is written more than once"));
        }
    }
    for one in &figures.beside {
        if one.theirs.is_some_and(|theirs| theirs < one.ours) {
            faults.push(format!("{}: slower than the real client", one.title));
        }
    }
    faults
}

fn faults_of_operations(operations: &[Operations]) -> Vec<String> {
    let mut faults = Vec::new();
    for one in operations {
        for (name, counted) in &one.files {
            if counted.windows(2).any(|pair| pair[0] != pair[1]) {
                faults.push(format!(
                    "{}: {name}: depends on the number of identities",
                    one.title
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growing(counts: &[u64]) -> Vec<Growth> {
        vec![Growth {
            title: "x".to_owned(),
            counts: counts.to_vec(),
        }]
    }

    #[test]
    fn growth_beyond_eleven_times_is_a_fault() {
        assert!(faults_of_growth(&growing(&[10, 100, 1000])).is_empty());
        assert_eq!(faults_of_growth(&growing(&[10, 100, 1200])).len(), 1);
    }

    #[test]
    fn operations_that_depend_on_the_number_of_identities_are_a_fault() {
        let operations = |opens: [usize; 2]| {
            let touches = opens.map(|opens| Touches {
                opens,
                ..Touches::default()
            });
            vec![Operations {
                title: "x".to_owned(),
                sizes: vec![10, 100],
                files: vec![("credentials", touches.to_vec())],
            }]
        };
        assert!(faults_of_operations(&operations([2, 2])).is_empty());
        assert_eq!(faults_of_operations(&operations([2, 3])).len(), 1);
    }

    #[test]
    fn every_ceiling_is_that_of_something_measured() {
        let titles: Vec<String> = Scenario::all().iter().map(Scenario::title).collect();
        let grown = CEILINGS
            .iter()
            .filter(|(title, _)| titles.iter().any(|known| known == title));
        assert_eq!(grown.count(), titles.len());
    }
}
