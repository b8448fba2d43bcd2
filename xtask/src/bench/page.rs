//! The figures as a page of the book.

use std::fmt::Write as _;

use super::limits::{MOST_GROWTH, MOST_TIMES_ARGUMENTS, MOST_TIMES_YAML};
use super::orgs::{self, OrgFigures};
use super::{Figures, Growth, Operations, Ratio, SIZES, Single};

const HEAD: &str = "# Performance

<!-- Written by `cargo xtask bench`; edit xtask/src/bench/page.rs instead. -->

Measured on a small virtual machine (two cores of a server processor, Linux), with a build of the
profile `bench`: what `release` is, with symbols. Every identity is signed in: a section in the
credentials file and one in the config file, and a session file for each portal. There is one
provider for every 100 identities unless it says otherwise. No session bus runs, and no server is
asked.

To get these figures for your machine: `cargo xtask setup`, then `cargo xtask bench`. The quick part
that only counts instructions: `cargo xtask bench --check`. Instruction counts hardly differ between
machines of one kind; times do, so they are only ever given beside another program's.

";

pub(super) fn page(figures: &Figures) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&instruction_tables(
        &figures.growth,
        &SIZES,
        &figures.singles,
    ));
    text.push_str(&ratio_table(&figures.ratios));
    text.push_str(&super::beside::table(&figures.beside));
    text.push_str(&memory_table(&figures.memory));
    text.push_str(&operation_tables(&figures.operations));
    text.push('\n');
    text.push_str(&orgs(&figures.orgs));
    text
}

/// What the part about orgs begins with; it is the last one.
pub(super) const ORGS: &str = "## Salesforce orgs\n";

/// The part about orgs.
pub(super) fn orgs(figures: &OrgFigures) -> String {
    let mut text = format!(
        "{ORGS}\nInstructions, in millions, as above; no server is asked, and every org has an \
         alias.\n\n"
    );
    text.push_str(&growth_table(&figures.growth, &orgs::SIZES));
    text.push_str(
        "\nThe files that all orgs share are written once. As above: the reads, in brackets the \
         openings.\n",
    );
    text.push_str(&operation_table(&figures.operations));
    text.push_str(
        "\nBeside Salesforce CLI 2.146.3, each on its own copy of the same state, with the same \
         Salesforce on\nloopback: from start to end, waiting included. adieu ends every token \
         there; Salesforce CLI ends\nnone, and waits for its own lock on the aliases.\n\n| command \
         | orgs | adieu | Salesforce CLI | times as long |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for one in &figures.beside {
        let ours = one.ours.as_secs_f64();
        let theirs = one.theirs.map(|theirs| theirs.as_secs_f64());
        let (shown, ratio) = theirs.map_or_else(Default::default, |theirs| {
            (format!("{theirs:.1} s"), format!("{:.0}", theirs / ours))
        });
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {ours:.3} s | {shown} | {ratio} |",
            one.title, one.orgs
        );
    }
    text
}

/// Growth and start-up, in instructions.
pub(super) fn instruction_tables(growth: &[Growth], sizes: &[usize], singles: &[Single]) -> String {
    let mut text = format!(
        "## Growth\n\nInstructions, in millions; in brackets how many times as many as for a tenth \
         of the identities.\nAt most {MOST_GROWTH} are allowed.\n\n"
    );
    text.push_str(&growth_table(growth, sizes));
    text.push_str("\n## Start-up\n\n| | instructions, in millions |\n| --- | ---: |\n");
    for one in singles {
        let _ = writeln!(text, "| {} | {} |", one.title, millions(one.count));
    }
    text.push('\n');
    text
}

/// A line for each command, a column for each size.
pub(super) fn growth_table(growth: &[Growth], sizes: &[usize]) -> String {
    let mut text = "| command |".to_owned();
    // Writing to a String cannot fail.
    for size in sizes {
        let _ = write!(text, " {} |", thousands(*size));
    }
    let _ = writeln!(text, "\n| --- |{}", " ---: |".repeat(sizes.len()));
    for one in growth {
        let _ = write!(text, "| {} |", one.title);
        let factors = std::iter::once(None).chain(one.factors().into_iter().map(Some));
        for (count, factor) in one.counts.iter().zip(factors) {
            let _ = match factor {
                Some(factor) => write!(text, " {} ({factor:.1}) |", millions(*count)),
                None => write!(text, " {} |", millions(*count)),
            };
        }
        text.push('\n');
    }
    text
}

fn ratio_table(ratios: &[Ratio]) -> String {
    let mut text = format!(
        "## Time on the processor\n\nUser and system time, the median of pairs of runs in turns. \
         Allowed are {MOST_TIMES_ARGUMENTS} times the first reference\nand {MOST_TIMES_YAML} times \
         the second.\n\n| command | time | reference | time | ratio |\n| --- | ---: | --- | ---: | \
         ---: |\n"
    );
    for Ratio {
        title,
        reference,
        found,
        ..
    } in ratios
    {
        let (ours, theirs) = (found.measured.as_secs_f64(), found.reference.as_secs_f64());
        let _ = writeln!(
            text,
            "| {title} | {:.2} ms | {reference} | {:.2} ms | {:.2} |",
            ours * 1000.0,
            theirs * 1000.0,
            found.ratio
        );
    }
    text.push('\n');
    text
}

/// What a real Atmos takes for one logout: seconds and mebibytes, by number of identities.
const ATMOS: [(usize, &str, &str); 3] = [
    (10, "0.14 s", "200 MiB or more"),
    (100, "0.38 s", "200 MiB or more"),
    (1000, "3.1 s", "200 MiB or more"),
];

fn memory_table(memory: &[(usize, u64)]) -> String {
    let mut text = "## Memory\n\nThe most memory at once of `auth logout --all --no-revoke`; beside \
                    it what a real Atmos was measured\nto need for a logout.\n\n| identities | adieu \
                    | Atmos | Atmos, time |\n| ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for (size, kilobytes) in memory {
        let theirs = ATMOS.iter().find(|(identities, ..)| identities == size);
        let (_, time, memory) = theirs.unwrap_or(&(0, "", ""));
        let mebibytes = kilobytes.div_ceil(1024);
        let _ = writeln!(
            text,
            "| {} | {mebibytes} MiB | {memory} | {time} |",
            thousands(*size)
        );
    }
    text.push('\n');
    text
}

fn operation_tables(operations: &[Operations]) -> String {
    let mut text = "## File operations\n\nHow often the content of each file is read, and how \
                    often it is replaced by a rename and removed, as\nstrace sees it; in brackets \
                    how often it is opened. All identities are behind one provider, so that\nthere \
                    is one credentials file and one config file. A logout opens a file when it \
                    looks, again\nunder the lock when it edits, and once more when it verifies; if \
                    the file system says that it is\nunchanged, its content is not read again. The \
                    numbers must not depend on the number of\nidentities.\n"
        .to_owned();
    for one in operations {
        text.push_str(&operation_table(one));
    }
    text
}

fn operation_table(one: &Operations) -> String {
    let mut text = format!("\n{}\n\n| file |", one.title);
    for size in &one.sizes {
        let _ = write!(text, " {} |", thousands(*size));
    }
    let _ = writeln!(text, "\n| --- |{}", " --- |".repeat(one.sizes.len()));
    for (name, counted) in &one.files {
        let _ = write!(text, "| `{name}` |");
        for touches in counted {
            let _ = write!(
                text,
                " {} read ({}), {} renamed, {} removed |",
                touches.reads, touches.opens, touches.renames, touches.removals
            );
        }
        text.push('\n');
    }
    text
}

/// `12.3` for 12,345,678.
fn millions(count: u64) -> String {
    let hundredths = count.div_ceil(10_000);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// `10,000`
fn thousands(number: usize) -> String {
    if number < 1000 {
        number.to_string()
    } else {
        format!("{},{:03}", number / 1000, number % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_short() {
        assert_eq!(millions(12_345_678), "12.35");
        assert_eq!(thousands(10_000), "10,000");
        assert_eq!(thousands(500), "500");
    }
}
