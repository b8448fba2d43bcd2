//! Opening a page in a person's browser, and whether there is one to be opened.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use adieu::io::programs::{self, Program};
use adieu::world::{OperatingSystem, World};

/// Browsers that draw on the terminal, and would hide what stands there.
const TEXT_BROWSERS: [&str; 5] = ["lynx", "links", "elinks", "w3m", "www-browser"];

/// Whether a browser on this machine is one that the person sees: not over SSH, in CI, in a container,
/// nor without a display.
pub(super) fn has_browser(world: &World) -> bool {
    let is_set = |name: &str| world.environment.get(name).is_some();
    let is_elsewhere = [
        "SSH_CONNECTION",
        "SSH_TTY",
        "CODESPACES",
        "REMOTE_CONTAINERS",
        "container",
    ]
    .iter()
    .any(|name| is_set(name));
    let is_in_ci = world
        .environment
        .get("CI")
        .is_some_and(|value| value != "false");
    if is_elsewhere || is_in_ci {
        return false;
    }
    match world.operating_system {
        OperatingSystem::MacOs | OperatingSystem::Windows => true,
        OperatingSystem::Linux => {
            let displays = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
            displays.iter().any(|name| is_set(name)) && !list_launchers(world, None, "").is_empty()
        }
    }
}

/// Opens a page; why not, if it cannot be. Whether a person sees it cannot be told.
pub(in crate::commands) fn open_page(
    world: &World,
    url: &str,
    named: Option<&str>,
) -> Result<(), String> {
    let mut why = "no program that opens one is in PATH".to_owned();
    for (path, arguments) in list_launchers(world, named, url) {
        let program = Program {
            path,
            arguments,
            environment: world
                .environment
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            directory: world.home.clone(),
        };
        match programs::start_detached(&program) {
            Ok(()) => return Ok(()),
            Err(error) => why = error,
        }
    }
    Err(why)
}

/// What opens a page, the most wished for first.
fn list_launchers(world: &World, named: Option<&str>, url: &str) -> Vec<(PathBuf, Vec<OsString>)> {
    let find = |name: &str| {
        let path = Path::new(name);
        if path.is_absolute() {
            return Some(path.to_owned());
        }
        programs::find_in_path(world, name)
    };
    // A command of words, as `$BROWSER` has it: `firefox --new-window %s`.
    let of_words = |command: &str| {
        let mut words = command.split_whitespace();
        let name = words.next()?;
        let is_text = Path::new(name)
            .file_name()
            .is_some_and(|name| TEXT_BROWSERS.iter().any(|text| name == *text));
        let path = find(name).filter(|_| !is_text)?;
        let mut arguments: Vec<OsString> = words
            .map(|word| OsString::from(word.replace("%s", url)))
            .collect();
        if !command.contains("%s") {
            arguments.push(url.into());
        }
        Some((path, arguments))
    };
    if let Some(named) = named {
        // A path with blanks is one program.
        let whole = find(named).map(|path| (path, vec![OsString::from(url)]));
        return whole.or_else(|| of_words(named)).into_iter().collect();
    }
    let wished = world.environment.get("BROWSER").unwrap_or_default();
    let mut launchers: Vec<_> = wished.split(':').filter_map(of_words).collect();
    let mut add = |name: &str, before: &[&str], url: String| {
        if let Some(path) = find(name) {
            let mut arguments: Vec<OsString> = before.iter().map(OsString::from).collect();
            arguments.push(url.into());
            launchers.push((path, arguments));
        }
    };
    match world.operating_system {
        OperatingSystem::MacOs => add("open", &[], url.to_owned()),
        OperatingSystem::Windows => {
            add("rundll32", &["url.dll,FileProtocolHandler"], url.to_owned());
        }
        OperatingSystem::Linux => {
            if world.environment.get("WSL_DISTRO_NAME").is_some() {
                add("wslview", &[], url.to_owned());
                // `cmd` takes `&` for the end of a command.
                add("cmd.exe", &["/C", "start", ""], url.replace('&', "^&"));
            }
            add("xdg-open", &[], url.to_owned());
        }
    }
    launchers
}
