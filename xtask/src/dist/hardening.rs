//! What must hold of the program that is shipped, read with `readelf`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::dist::answer;

/// The C library of Debian 12: what is newer than that does not start there.
const NEWEST_GLIBC: (u32, u32) = (2, 36);

/// What was found, and holds.
pub(crate) struct Facts {
    /// The newest version of the C library that a symbol is from.
    pub(crate) glibc: (u32, u32),
    /// The libraries that it loads, by their names in the file.
    pub(crate) libraries: Vec<String>,
}

impl fmt::Display for Facts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.glibc;
        write!(
            out,
            "position-independent, read-only relocations, stack protector, no executable stack, no build paths; \
             needs glibc {major}.{minor}, loads {}",
            self.libraries.join(", ")
        )
    }
}

/// Checks a program, and that it names none of these directories.
///
/// # Errors
/// Everything that does not hold, at once.
pub(crate) fn check(program: &Path, directories: &[&Path]) -> Result<Facts, Failure> {
    let text = answer(
        Command::new("readelf")
            .env("LC_ALL", "C")
            .args(["-W", "-h", "-l", "-d", "--dyn-syms", "-V"])
            .arg(program),
    )?;
    let (facts, mut wrong) = judge(&text);
    let bytes = fs::read(program)?;
    for directory in directories {
        let times = count(&bytes, directory.as_os_str().as_encoded_bytes());
        if times > 0 {
            wrong.push(format!("{} is in it {times} times", directory.display()));
        }
    }
    if wrong.is_empty() {
        Ok(facts)
    } else {
        Err(format!(
            "{} cannot be shipped: {}",
            program.display(),
            wrong.join("; ")
        )
        .into())
    }
}

/// What `readelf` tells of a program, and what is wrong with that.
fn judge(text: &str) -> (Facts, Vec<String>) {
    let has = |words: &[&str]| {
        text.lines()
            .any(|line| words.iter().all(|word| line.contains(word)))
    };
    let facts = Facts {
        glibc: newest_glibc(text),
        libraries: text
            .lines()
            .filter(|line| line.contains("(NEEDED)"))
            .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
            .collect(),
    };
    let mut wrong = Vec::new();
    let mut demand = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    demand(has(&["Type:", "DYN"]), "it is not position-independent");
    demand(
        has(&["GNU_RELRO"]) && (has(&["BIND_NOW"]) || has(&["FLAGS_1", "NOW"])),
        "its relocations stay writable",
    );
    demand(has(&["__stack_chk_fail"]), "it has no stack protector");
    demand(
        has(&["GNU_STACK", " RW "]) && !has(&["GNU_STACK", "RWE"]),
        "its stack is executable",
    );
    demand(
        facts.glibc <= NEWEST_GLIBC,
        "it needs a newer C library than that of Debian 12, 2.36",
    );
    (facts, wrong)
}

fn newest_glibc(text: &str) -> (u32, u32) {
    text.split("GLIBC_")
        .skip(1)
        .filter_map(|rest| {
            let version: String = rest
                .chars()
                .take_while(|character| character.is_ascii_digit() || *character == '.')
                .collect();
            let mut numbers = version.split('.');
            Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
        })
        .max()
        .unwrap_or_default()
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes
        .windows(wanted.len().max(1))
        .filter(|window| *window == wanted)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "
  Type:                              DYN (Position-Independent Executable file)
  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 RW  0x10
  GNU_RELRO      0xc8 0x00 0x00 0x00 0x00 R   0x1
 0x0000000000000001 (NEEDED)             Shared library: [libgcc_s.so.1]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x000000006ffffffb (FLAGS_1)            Flags: NOW PIE
     1: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND __stack_chk_fail@GLIBC_2.4 (2)
     2: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND pidfd_spawnp@GLIBC_2.9.1 (3)
     3: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND __res_init@GLIBC_2.34 (4)
";

    #[test]
    fn a_program_that_may_be_shipped_is_told_by_its_facts() {
        let (facts, wrong) = judge(GOOD);
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(facts.glibc, (2, 34));
        assert_eq!(facts.libraries, ["libgcc_s.so.1", "libc.so.6"]);
    }

    #[test]
    fn each_thing_that_is_missing_is_named() {
        for (good, bad, wanted) in [
            ("DYN", "EXEC", "position-independent"),
            ("GNU_RELRO", "LOAD", "relocations"),
            ("NOW PIE", "PIE", "relocations"),
            ("__stack_chk_fail", "memcpy", "stack protector"),
            (" RW ", " RWE ", "executable"),
            ("GLIBC_2.34", "GLIBC_2.37", "newer C library"),
        ] {
            let (_, wrong) = judge(&GOOD.replace(good, bad));
            assert_eq!(wrong.len(), 1, "{bad}: {wrong:?}");
            assert!(wrong[0].contains(wanted), "{bad}: {wrong:?}");
        }
    }

    #[test]
    fn a_path_is_counted_wherever_it_stands() {
        assert_eq!(count(b"a/build/x b/build/y", b"/build"), 2);
        assert_eq!(count(b"", b"/build"), 0);
    }
}
