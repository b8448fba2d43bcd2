//! Opening a browser.

use std::ffi::OsString;

use adieu::io::programs::{self, Program};
use adieu::world::{OperatingSystem, World};

use crate::args::Browser;

/// Opens a page; why not, if it cannot be. Whether a person sees it cannot be told.
pub(super) fn open_in_browser(
    world: &World,
    url: &str,
    browser: Option<Browser>,
) -> Result<(), String> {
    let environment = &world.environment;
    let is_set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    if is_set("SSH_CONNECTION") || is_set("SF_CONTAINER_MODE") || is_set("SFDX_CONTAINER_MODE") {
        return Err("the person is not at this machine".to_owned());
    }
    let (path, mut arguments) = find_launcher(world, browser)
        .ok_or_else(|| "no program that opens one is in PATH".to_owned())?;
    arguments.push(url.into());
    programs::start_detached(&Program {
        path,
        arguments,
        environment: environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        directory: world.home.clone(),
    })
}

fn find_launcher(
    world: &World,
    browser: Option<Browser>,
) -> Option<(std::path::PathBuf, Vec<OsString>)> {
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| programs::find_in_path(world, name))
    };
    let words = |words: &[&str]| words.iter().map(OsString::from).collect();
    match world.operating_system {
        OperatingSystem::MacOs => {
            let open = find(&["open"])?;
            let application = browser.map(|browser| match browser {
                Browser::Chrome => "Google Chrome",
                Browser::Edge => "Microsoft Edge",
                Browser::Firefox => "Firefox",
            });
            Some((
                open,
                application.map_or_else(Vec::new, |name| words(&["-a", name])),
            ))
        }
        OperatingSystem::Windows => match browser.map(list_program_names) {
            Some(names) => Some((find(names)?, Vec::new())),
            None => Some((
                find(&["rundll32"])?,
                words(&["url.dll,FileProtocolHandler"]),
            )),
        },
        OperatingSystem::Linux => {
            let named = world.environment.get("BROWSER").map(|name| vec![name]);
            let program = match browser {
                Some(browser) => find(list_program_names(browser)),
                None => named
                    .and_then(|names| find(&names))
                    .or_else(|| find(&["xdg-open", "wslview"])),
            };
            Some((program?, Vec::new()))
        }
    }
}

const fn list_program_names(browser: Browser) -> &'static [&'static str] {
    match browser {
        Browser::Chrome => &[
            "google-chrome",
            "google-chrome-stable",
            "chromium",
            "chrome",
        ],
        Browser::Edge => &["microsoft-edge", "microsoft-edge-stable", "msedge"],
        Browser::Firefox => &["firefox"],
    }
}
