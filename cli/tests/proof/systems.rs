//! Every system's credential that no server call of adieu's ends: named, with its page, and remembered.

use std::path::Path;

use adieu::system::System;
use adieu_testkit::{AwsSession, Home};
use serde_json::json;

use crate::seeds::key_store;
use crate::table::{Proof, Seed, Situation, check};

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
        "azure" => {
            let words = "logout --all --force".to_owned();
            Some((azure(), words, "Azure tokens", true))
        }
        "gcp" => {
            let words = "logout --all --force".to_owned();
            Some((google(), words, "Google credentials", true))
        }
        "atmos-pro" => return atmos_pro(),
        "copilot" => recorded("copilot-plaintext", "token", true),
        "cursor" => recorded("cursor-file", "login", true),
        "amp" => recorded("amp", "API key", true),
        "codex" => recorded("codex-api-key", "API key", true),
        "opencode" => recorded("opencode", "credential", false),
        // The logins of the first four have a call (`kinds`); what Atmos keeps of itself and the others is
        // nothing of their own at a server.
        "github" | "salesforce" | "claude" | "gemini" | "atmos" | "kubernetes" | "docker"
        | "mock" | "aider" => None,
        unknown => panic!("{unknown} has no row here"),
    }?;
    Some(Seed {
        beside: None,
        home,
        environment: Vec::new(),
        words,
        system: system.id(),
        what,
        host: None,
        has_page,
        bus: None,
        vendor: None,
    })
}

fn azure() -> Home {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    entra: {kind: azure/device-code, spec: {tenant_id: \
         tenant-of-acme, client_id: client-of-acme}}\n",
    );
    let credentials = json!({
        "access_token": "FAKE-proof-1", "tenant_id": "tenant-of-acme",
        "expiration": "2099-01-01T00:00:00Z",
    });
    home.write(
        ".azure/atmos/acme/entra/credentials.json",
        credentials.to_string(),
    );
    home
}

fn google() -> Home {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    google: {kind: gcp/adc}\n  identities:\n    robot: \
         {kind: gcp/service-account, via: {provider: google}, principal: {service_account_email: \
         robot@acme.example}}\n",
    );
    let credentials = json!({
        "type": "authorized_user", "access_token": "FAKE-proof-1",
        "token_expiry": "2099-01-01T00:00:00Z",
    });
    home.write(
        ".config/atmos/acme/gcp/google/adc/robot/application_default_credentials.json",
        credentials.to_string(),
    );
    home
}

/// It keeps its session in the key store only; `None` if there can be none here.
fn atmos_pro() -> Option<Seed> {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    pro: {kind: atmos/pro, spec: {workspace_id: ws-1}}\n",
    );
    let session = json!({"type": "atmos-pro", "data": {
        "token": "FAKE-proof-1", "base_url": "https://atmos-pro.example",
    }});
    let mut environment = Vec::new();
    let attributes = [("service", "atmos_acme_pro"), ("username", "atmos-auth")];
    let text = session.to_string();
    let bus = key_store(Situation::Ended, &attributes, &text, &mut environment)?;
    Some(Seed {
        beside: None,
        home,
        environment,
        words: "logout --all --force".to_owned(),
        system: System::ATMOS_PRO.id(),
        what: "Atmos Pro session",
        host: None,
        has_page: false,
        bus: Some(bus),
        vendor: None,
    })
}

#[test]
fn what_no_call_ends_is_named_and_remembered() {
    for system in System::families() {
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
