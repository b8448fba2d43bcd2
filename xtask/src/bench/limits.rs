//! What is allowed.

/// Ten times the identities may cost at most this many times the instructions.
pub(crate) const MOST_GROWTH: f64 = 11.0;

/// User and system time of a preview with the document's two identities, as a multiple of a
/// program's that only parses its arguments.
pub(crate) const MOST_TIMES_ARGUMENTS: f64 = 3.0;

/// User and system time of a preview with 500 identities, as a multiple of the YAML library's.
pub(crate) const MOST_TIMES_YAML: f64 = 2.0;

/// User and system time of a status of every tool, as a part of what one client takes for its own.
pub(crate) const MOST_OF_CLAUDE: f64 = 1.0 / 30.0;

/// User and system time of a scan, as a multiple of a search tool's.
pub(crate) const MOST_TIMES_RIPGREP: f64 = 2.0;

/// Most instructions, a quarter above what was counted when they were set; for growing homes, with
/// 1,000 identities. Lower them when the program has become faster.
pub(crate) const CEILINGS: [(&str, u64); 6] = [
    ("`auth logout --all --dry-run`", 160_000_000),
    ("`logout identity-00001 --dry-run`", 130_000_000),
    ("`auth logout --all --no-revoke`", 198_000_000),
    (
        "`auth logout --all --no-revoke`, all in one file",
        187_000_000,
    ),
    ("`--version`", 2_400_000),
    ("`logout IDENTITY --dry-run`, two identities", 3_500_000),
];
