//! What was found, as accounts, artefacts and tokens.

use std::collections::{BTreeMap, BTreeSet};

use super::auth_file::{AuthFile, AuthFileError, CLIENT_APPS, LoginKind, RevealError, Stored};
use super::orgs::{BrokenFile, Org, Orgs};
use super::residue::{describe_encrypted, describe_residue};
use super::settings::Source;
use crate::formats::MemberPath;
use crate::inventory::{
    Account, Artefact, Class, Exclusivity, Fact, Location, Override, OverrideKind, Owner, Place,
    Problem, Revocation, State, TokenUnavailable,
};
use crate::remote::{Endpoint, EndpointSource};
use crate::scan::Shell;
use crate::secret::Fingerprint;
use crate::shell::format_option;
use crate::systems::System;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, build_artefact};

/// Where a token is ended whose file names no host.
const LOGIN_HOST: &str = "https://login.salesforce.com";

/// Variables that carry a token, which works whatever was logged out.
pub(in crate::systems) const TOKEN_VARIABLES: [&str; 2] = ["SF_ACCESS_TOKEN", "SFDX_ACCESS_TOKEN"];

/// Variables that name an org, and may hold a token instead.
const TARGET_VARIABLES: [&str; 4] = [
    "SF_TARGET_ORG",
    "SFDX_DEFAULTUSERNAME",
    "SF_TARGET_DEV_HUB",
    "SFDX_DEFAULTDEVHUBUSERNAME",
];

/// Says what was found.
pub(super) fn describe_sign_ins(
    discovery: &DiscoveryContext<'_>,
    findings: &mut InventoryBuilder<'_>,
) {
    add_variables(discovery, findings);
    let orgs = std::mem::take(&mut findings.notes.salesforce);
    let mut tokens: BTreeMap<&str, Ends> = BTreeMap::new();
    let mut unreadable = Unreadable::default();
    for org in &orgs.found {
        let ended = sign_in(discovery, &orgs, org, &mut unreadable, findings);
        tokens.insert(&org.auth.username, ended);
    }
    for file in &orgs.broken {
        describe_broken_file(&orgs, file, findings);
        let sealed = Some(sealed_by(file.why));
        tokens.insert(
            &file.username,
            Ends {
                sealed,
                ..Ends::default()
            },
        );
    }
    unreadable.say(&orgs, findings);
    describe_residue(&orgs, &tokens, findings);
    describe_encrypted(&orgs, findings);
    for key in &orgs.keys {
        findings.artefact(Artefact {
            class: Class::Stored,
            state: State::Residue,
            tie: Exclusivity::Last,
            ..build_artefact(
                System::SALESFORCE,
                key.place.clone(),
                Owner::System,
                "encryption key",
            )
        });
    }
    findings.notes.salesforce = orgs;
}

fn add_variables(discovery: &DiscoveryContext<'_>, findings: &mut InventoryBuilder<'_>) {
    let environment = &discovery.world.environment;
    let carries_token = |name: &&&str| {
        // Salesforce CLI takes an access token where it takes a user name.
        let value = environment.get(name);
        value.is_some_and(|value| value.starts_with("00D") && value.contains('!'))
    };
    let tokens = TOKEN_VARIABLES
        .iter()
        .filter(|name| environment.get(name).is_some());
    for name in tokens.chain(TARGET_VARIABLES.iter().filter(carries_token)) {
        findings.overriding(Override {
            kind: OverrideKind::Environment,
            name: (*name).to_owned(),
            location: "environment".to_owned(),
            system: System::SALESFORCE,
            remedy: Shell::of_world(discovery.world).unset(name),
        });
    }
}

/// What ends a sign-in.
#[derive(Default)]
pub(super) struct Ends {
    /// The tokens that end with it.
    pub(super) tokens: Vec<Fingerprint>,
    /// Why its server cannot be told of all of them.
    pub(super) sealed: Option<TokenUnavailable>,
}

/// One sign-in: its account, its file, and what else is in the file that a server can end.
fn sign_in(
    discovery: &DiscoveryContext<'_>,
    orgs: &Orgs,
    org: &Org,
    unreadable: &mut Unreadable,
    findings: &mut InventoryBuilder<'_>,
) -> Ends {
    let auth = &org.auth;
    let account = describe_account(discovery, orgs, org);
    let revocation = build_revocation(auth);
    let (main, mut is_whole) = main_token(orgs, auth, unreadable);
    let ends_at = org.ends_at();
    let main = main
        .map(|secret| findings.account_token(secret, &account, revocation.clone(), ends_at, None));
    let mut apps = Vec::new();
    for app in &auth.client_apps {
        let stored = app.refresh_token.as_ref().or(app.access_token.as_ref());
        let token = stored
            .and_then(|stored| unreadable.reveal(orgs, auth, stored))
            .map(|secret| {
                findings.account_token(secret, &account, revocation.clone(), ends_at, None)
            });
        is_whole &= stored.is_none() || token.is_some();
        apps.push((app.name.clone(), token, stored.is_some()));
    }
    let owner = Owner::account(&auth.username);
    let mut ended: Vec<Fingerprint> = apps.iter().filter_map(|(_, token, _)| *token).collect();
    ended.extend(main);
    let state = match discovery.state_at(ends_at) {
        State::Live if !is_whole => State::Unknown,
        state => state,
    };
    let place = Place::File {
        file: org.file.clone(),
    };
    let why = if orgs.is_key_locked {
        TokenUnavailable::Locked
    } else {
        TokenUnavailable::KeyMissing
    };
    let sealed = (state == State::Unknown).then_some(why);
    findings.artefact(Artefact {
        state,
        expires_at: ends_at,
        token: main,
        waits_for: ended.clone(),
        sealed,
        ..build_artefact(
            System::SALESFORCE,
            place,
            owner.clone(),
            match sealed {
                Some(TokenUnavailable::Locked) => "org sign-in with a locked key",
                _ => "org sign-in",
            },
        )
    });
    for (name, token, has_token) in apps {
        let place = Place::json(&org.file, MemberPath::of_keys([CLIENT_APPS, &name]));
        findings.artefact(Artefact {
            state: match (state, token) {
                (State::Live | State::Unknown, Some(_)) => State::Live,
                (State::Live | State::Unknown, None) if has_token => State::Unknown,
                (State::Live | State::Unknown, None) => State::Residue,
                (state, _) => state,
            },
            expires_at: ends_at,
            token,
            waits_for: ended.clone(),
            sealed: sealed.filter(|_| has_token && token.is_none()),
            ..build_artefact(
                System::SALESFORCE,
                place,
                Owner::Account {
                    name: auth.username.clone(),
                    client_app: Some(name),
                },
                "linked client app",
            )
        });
    }
    findings.account(account);
    Ends {
        tokens: ended,
        sealed,
    }
}

/// The token that ends the sign-in, and whether all that was expected could be read. With a refresh
/// token all access tokens from it end too.
fn main_token(
    orgs: &Orgs,
    auth: &AuthFile,
    unreadable: &mut Unreadable,
) -> (Option<crate::secret::Secret>, bool) {
    let mut is_whole = true;
    for stored in [&auth.refresh_token, &auth.access_token]
        .into_iter()
        .flatten()
    {
        match unreadable.reveal(orgs, auth, stored) {
            Some(secret) => return (Some(secret), is_whole),
            None => is_whole = false,
        }
    }
    (None, is_whole)
}

/// Sign-ins whose tokens cannot be decrypted, to be said once.
#[derive(Default)]
struct Unreadable {
    names: BTreeSet<String>,
    why: Option<RevealError>,
}

impl Unreadable {
    fn reveal(
        &mut self,
        orgs: &Orgs,
        auth: &AuthFile,
        stored: &Stored,
    ) -> Option<crate::secret::Secret> {
        match orgs.reveal(stored) {
            Ok(secret) => Some(secret),
            Err(why) => {
                self.names.insert(auth.username.clone());
                self.why = Some(why);
                None
            }
        }
    }

    fn say(self, orgs: &Orgs, findings: &mut InventoryBuilder<'_>) {
        let (Some(why), Some(directory)) = (self.why, &orgs.directory) else {
            return;
        };
        let names: Vec<String> = self.names.into_iter().collect();
        let shown = names.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        let rest = names.len().saturating_sub(4);
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        let stores = if orgs.is_key_locked {
            "the key is locked"
        } else if why == RevealError::NoKey {
            "there is no key, neither in key.json nor in the system's key store"
        } else {
            "no key here fits, neither key.json's nor the system's key store's"
        };
        findings.problem(Problem {
            location: Location::of(directory),
            message: format!(
                "the tokens of {shown}{more} cannot be decrypted: {stores}; so nothing can be ended \
                 at the server"
            ),
            hint: Some(
                "put the right key back (key.json, or unlock the key store), or end these \
                 sign-ins in the org: Setup, Connected Apps OAuth Usage"
                    .to_owned(),
            ),
            hides: false,
        });
    }
}

/// Why the server of a sign-in whose file cannot be understood cannot be told.
const fn sealed_by(why: AuthFileError) -> TokenUnavailable {
    match why {
        AuthFileError::Immovable => TokenUnavailable::Immovable,
        _ => TokenUnavailable::Broken,
    }
}

/// A file that cannot be understood: it may hold a token, and can only be removed.
fn describe_broken_file(orgs: &Orgs, file: &BrokenFile, findings: &mut InventoryBuilder<'_>) {
    let was_said = matches!(
        file.why,
        AuthFileError::Unreadable | AuthFileError::Immovable
    );
    if !was_said {
        findings.problem(Problem {
            location: Location::of(&file.file),
            message: format!(
                "{}; it may hold tokens all the same, of which the server cannot be told",
                file.why
            ),
            hint: Some(format!(
                "put the file back as it was, or give the sign-in up: adieu org logout --no-prompt \
                 {}",
                format_option("--target-org", &file.username)
            )),
            hides: false,
        });
    }
    findings.account(Account {
        system: System::SALESFORCE,
        name: file.username.clone(),
        aliases: orgs.aliases.of(&file.username).map(str::to_owned).collect(),
        provider: None,
        facts: vec![build_fact("kind", "unknown")],
    });
    let place = Place::File {
        file: file.file.clone(),
    };
    findings.artefact(Artefact {
        state: State::Unknown,
        sealed: Some(sealed_by(file.why)),
        ..build_artefact(
            System::SALESFORCE,
            place,
            Owner::account(&file.username),
            "broken org sign-in",
        )
    });
}

fn build_fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        label,
        value: value.into(),
    }
}

fn describe_account(discovery: &DiscoveryContext<'_>, orgs: &Orgs, org: &Org) -> Account {
    let auth = &org.auth;
    let mut facts = vec![build_fact("kind", auth.kind().id())];
    let of = |label, value: &Option<String>| value.clone().map(|value| Fact { label, value });
    facts.extend(of("org_id", &auth.org_id));
    facts.extend(of(Fact::INSTANCE, &auth.instance_url));
    let kind = match (auth.is_scratch(), auth.is_sandbox, auth.is_dev_hub) {
        (true, ..) => Some("scratch org"),
        (_, true, _) => Some("sandbox"),
        (.., true) => Some("dev hub"),
        _ => None,
    };
    facts.extend(kind.map(|kind| build_fact("type", kind)));
    facts.extend(
        orgs.parent_of(auth)
            .map(|parent| build_fact(Fact::PARENT, parent)),
    );
    facts.extend(of("ends", &auth.expiration_date));
    let defaults: Vec<String> = orgs
        .defaults_naming(&auth.username, &discovery.world.environment)
        .into_iter()
        .map(|(setting, source)| match source {
            Source::Environment(name) => format!("{setting} (by {name})"),
            Source::Local => format!("{setting} (of this project)"),
            Source::Global => setting.to_owned(),
        })
        .collect();
    if !defaults.is_empty() {
        facts.push(build_fact("default", defaults.join(", ")));
    }
    if auth.kind() == LoginKind::Jwt {
        facts.extend(of(Fact::KEY_FILE, &auth.private_key));
    }
    if auth.may_share_its_refresh_token() {
        facts.push(build_fact(
            "shared",
            "perhaps signed in by an SFDX auth URL: ending it also ends it where else the URL was used",
        ));
    }
    if !org.is_seen_by_real_client {
        facts.push(build_fact(
            "hidden",
            "Salesforce CLI does not see this file",
        ));
    }
    Account {
        system: System::SALESFORCE,
        name: auth.username.clone(),
        aliases: orgs.aliases.of(&auth.username).map(str::to_owned).collect(),
        provider: parse_host(auth.login_url.as_deref().or(auth.instance_url.as_deref())),
        facts,
    }
}

fn parse_host(url: Option<&str>) -> Option<String> {
    let endpoint = Endpoint {
        url: url?.to_owned(),
        named_by: EndpointSource::Vendor,
    };
    Some(endpoint.host())
}

/// At the org itself, else where it signs in.
fn build_revocation(auth: &AuthFile) -> Revocation {
    let mut places: Vec<String> = Vec::new();
    for url in [&auth.instance_url, &auth.login_url].into_iter().flatten() {
        let origin = to_origin(url);
        if !places.contains(&origin) {
            places.push(origin);
        }
    }
    let endpoint = |url: String| Endpoint {
        url,
        named_by: EndpointSource::Vendor,
    };
    let mut places = places.into_iter();
    Revocation::Salesforce {
        endpoint: endpoint(places.next().unwrap_or_else(|| LOGIN_HOST.to_owned())),
        second: places.next().map(endpoint),
    }
}

/// Scheme, host and port. An address with parts that make it look like another stays as it is, and
/// is refused when something is to be sent there.
fn to_origin(text: &str) -> String {
    let Ok(url) = url::Url::parse(text) else {
        return text.to_owned();
    };
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_plain && url.has_host() {
        url.origin().ascii_serialization()
    } else {
        text.to_owned()
    }
}
