//! The figures as a page of the book.

use std::fmt::Write as _;

use super::limits::{MOST_GROWTH, MOST_TIMES_ARGUMENTS, MOST_TIMES_YAML};
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
    text
}

/// Growth and start-up, in instructions.
pub(super) fn instruction_tables(growth: &[Growth], sizes: &[usize], singles: &[Single]) -> String {
    let mut text = format!(
        "## Growth\n\nInstructions, in millions; in brackets how many times as many as for a tenth \
         of the identities.\nAt most {MOST_GROWTH} are allowed.\n\n| command |"
    );
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
    text.push_str("\n## Start-up\n\n| | instructions, in millions |\n| --- | ---: |\n");
    for one in singles {
        let _ = writeln!(text, "| {} | {} |", one.title, millions(one.count));
    }
    text.push('\n');
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
    let mut text = "## File operations\n\nHow often each file is opened to be read, replaced by a \
                    rename, and removed, as strace sees it. All\nidentities are behind one provider, \
                    so that there is one credentials file and one config file. A\nlogout reads a \
                    file when it looks, again under the lock when it edits, and once more when it\n\
                    verifies; a file that goes as a whole is not read again. The numbers must not \
                    depend on the number\nof identities.\n"
        .to_owned();
    for one in operations {
        let _ = write!(text, "\n{}\n\n| file |", one.title);
        for size in &one.sizes {
            let _ = write!(text, " {} |", thousands(*size));
        }
        let _ = writeln!(text, "\n| --- |{}", " --- |".repeat(one.sizes.len()));
        for (name, counted) in &one.files {
            let _ = write!(text, "| `{name}` |");
            for touches in counted {
                let _ = write!(
                    text,
                    " {} read, {} renamed, {} removed |",
                    touches.opens, touches.renames, touches.removals
                );
            }
            text.push('\n');
        }
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
