//! The least that reading `atmos.yaml` can cost: the YAML library, into plain structures.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    providers: BTreeMap<String, Provider>,
    identities: BTreeMap<String, Identity>,
}

#[derive(Deserialize)]
struct Provider {
    kind: String,
    region: String,
    start_url: String,
}

#[derive(Deserialize)]
struct Identity {
    kind: String,
    via: Via,
    principal: Principal,
}

#[derive(Deserialize)]
struct Via {
    provider: String,
}

#[derive(Deserialize)]
struct Principal {
    name: String,
    account: Account,
}

#[derive(Deserialize)]
struct Account {
    name: String,
}

fn main() -> ExitCode {
    let read = std::env::args_os()
        .nth(1)
        .and_then(|path| std::fs::read_to_string(path).ok())
        .and_then(|text| serde_saphyr::from_str::<Document>(&text).ok());
    // Every field is looked at, so that none of the reading is left out.
    if read.is_some_and(|document| is_whole(&document.auth)) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn is_whole(auth: &Auth) -> bool {
    let providers = auth.providers.values().all(|provider| {
        !(provider.kind.is_empty() || provider.region.is_empty() || provider.start_url.is_empty())
    });
    let identities = auth.identities.values().all(|identity| {
        let principal = &identity.principal;
        !(identity.kind.is_empty()
            || principal.name.is_empty()
            || principal.account.name.is_empty())
            && auth.providers.contains_key(&identity.via.provider)
    });
    providers && identities
}
