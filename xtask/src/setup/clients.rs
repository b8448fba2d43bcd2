//! Clients of code hosts, registries and clouds that sign in without their vendors' servers.

use std::path::Path;
use std::process::{Command, Stdio};

use super::execute;
use crate::Failure;

/// Installs the rest, so much faster than pip that the whole takes seconds.
const INSTALLER: &str = "uv==0.13.8";

/// The releases whose behaviour the tests know.
const PACKAGES: [&str; 10] = [
    "azure-cli-core==2.91.0",
    "boto3==1.44.8",
    "huggingface_hub==2.4.0",
    "keyring==25.7.0",
    // IAM and STS as a server that nobody here wrote.
    "moto[server]==5.2.5",
    "poetry==2.5.1",
    "twine==6.2.0",
    // What Azure CLI needs beside its core to sign in and out.
    "azure-mgmt-resource==24.0.0",
    "msrest==0.7.1",
    "msrestazure==0.6.4.post1",
];

/// Without the clients of two hundred services: half a gigabyte that no test asks anything.
const AZURE_ALONE: &str = "azure-cli==2.91.0";

/// Where Debian has the source of Git's helper.
const HELPER: &str = "/usr/share/doc/git/contrib/credential/libsecret/git-credential-libsecret.c";

/// The file that says what has been installed, written last.
const INSTALLED: &str = "installed.txt";

/// Installs them below that directory, and nothing where just these are there.
pub(super) fn install(directory: &Path) -> Result<(), Failure> {
    let wanted = [&[INSTALLER], &PACKAGES[..], &[AZURE_ALONE]]
        .concat()
        .join("\n");
    let installed = directory.join(INSTALLED);
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        println!("setup: the clients are there");
        return Ok(());
    }
    // One that was cut off is made anew.
    if directory.exists() {
        std::fs::remove_dir_all(directory)?;
    }
    std::fs::create_dir_all(directory)?;
    let environment = directory.join("python");
    execute(
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment),
    )?;
    execute(
        Command::new(environment.join("bin/pip"))
            .args([
                "--quiet",
                "--disable-pip-version-check",
                "install",
                INSTALLER,
            ])
            .stdin(Stdio::null()),
    )?;
    let add = |words: &[&str]| {
        execute(
            Command::new(environment.join("bin/uv"))
                .args(["pip", "install", "--quiet", "--python"])
                .arg(environment.join("bin/python"))
                .args(words)
                .stdin(Stdio::null()),
        )
    };
    add(&PACKAGES)?;
    add(&["--no-deps", AZURE_ALONE])?;
    compile_helper(directory)?;
    std::fs::write(installed, wanted)?;
    Ok(())
}

/// Git's helper for libsecret, from the source that comes with Git.
fn compile_helper(directory: &Path) -> Result<(), Failure> {
    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", "libsecret-1", "glib-2.0"])
        .output()?;
    let flags = String::from_utf8(flags.stdout)?;
    execute(
        Command::new("cc")
            .arg("-o")
            .arg(directory.join("git-credential-libsecret"))
            .arg(HELPER)
            .args(flags.split_whitespace()),
    )
}
