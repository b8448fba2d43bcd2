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
    let recorded = |name: &str, what, has_page| {
        let words = format!("logout {} --force", system.id());
        Some((recorded(name), words, what, has_page))
    };
    let (home, words, what, has_page) = match system.id() {
        "aws" => {
            let home = Home::new();
            home.aws_session(&AwsSession::new("acme", "sso", "dev"));
            let words = "logout --all --force".to_owned();
            Some((home, words, "AWS credentials", false))
        }
        "copilot" => recorded("copilot-plaintext", "token", true),
        "cursor" => recorded("cursor-file", "login", true),
        "amp" => recorded("amp", "API key", true),
        "codex" => recorded("codex-api-key", "API key", true),
        "opencode" => recorded("opencode", "credential", false),
        // Their logins have a call (`kinds`); `cli/tests/logout/integrations.rs` has what Atmos writes of
        // the next three; the others are nothing of their own at a server.
        "github" | "salesforce" | "claude" | "gemini" | "azure" | "gcp" | "atmos-pro" | "atmos"
        | "kubernetes" | "docker" | "mock" | "aider" => None,
        unknown => panic!("{unknown} has no row here"),
    }?;
    Some(Seed {
        home,
        environment: Vec::new(),
        words,
        system: system.id(),
        what,
        host: None,
        has_page,
        bus: None,
    })
}

#[test]
fn what_no_call_ends_is_named_and_remembered() {
    for &system in System::ALL {
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
