//! Every system's credential that no server call of adieu's ends: named, with its page, and remembered.

use std::path::Path;

use adieu::system::System;
use adieu_testkit::{AwsSession, Home};

use crate::table::{Proof, Seed, check};

fn recorded(name: &str) -> Home {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ai/fixtures");
    Home::from_fixture(folder.join(name))
}

/// A credential of the system without a call; `None` where there is none, or where all of it is nothing
/// of a server's own.
fn seed(system: System) -> Option<Seed> {
    let (home, words, what, has_page) = match system {
        System::Aws => {
            let home = Home::new();
            home.aws_session(&AwsSession::new("acme", "sso", "dev"));
            (home, "logout --all --force", "AWS credentials", false)
        }
        System::Copilot => (
            recorded("copilot-plaintext"),
            "logout copilot --force",
            "token",
            true,
        ),
        System::Cursor => (
            recorded("cursor-file"),
            "logout cursor --force",
            "login",
            true,
        ),
        System::Amp => (recorded("amp"), "logout amp --force", "API key", true),
        System::Codex => (
            recorded("codex-api-key"),
            "logout codex --force",
            "API key",
            true,
        ),
        System::Opencode => (
            recorded("opencode"),
            "logout opencode --force",
            "credential",
            false,
        ),
        // Their logins have a call (`kinds`); `cli/tests/logout/integrations.rs` has what Atmos writes of
        // the next three; the others are nothing of their own at a server.
        System::Github
        | System::Salesforce
        | System::Claude
        | System::Gemini
        | System::Azure
        | System::Gcp
        | System::AtmosPro
        | System::Atmos
        | System::Kubernetes
        | System::Docker
        | System::Mock
        | System::Aider => return None,
    };
    Some(Seed {
        home,
        environment: Vec::new(),
        words: words.to_owned(),
        system: system.id(),
        what,
        host: None,
        has_page,
        bus: None,
    })
}

#[test]
fn what_no_call_ends_is_named_and_remembered() {
    for system in System::ALL {
        if seed(system).is_none() {
            continue;
        }
        for words in ["", " --no-revoke"] {
            let label = format!("{}{words}", system.id());
            check(&label, Proof::NoServerCall, || {
                let seed = seed(system).unwrap();
                Seed {
                    words: format!("{}{words}", seed.words),
                    ..seed
                }
            });
        }
    }
}
