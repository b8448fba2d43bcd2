//! The program `adieu`: everything is in the library of this package, so that tests and generators
//! can reach it.

fn main() -> std::process::ExitCode {
    adieu_cli::main()
}
