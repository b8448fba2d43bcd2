//! The program `adieu`: everything is in the library of this package, so that tests and generators
//! can reach it.

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// Zeroes all memory that is given back: parsers and libraries keep copies of secrets that no type of
/// adieu knows of.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    adieu_cli::main()
}
