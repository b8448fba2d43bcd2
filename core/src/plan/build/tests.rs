//! The rules of a logout, on made-up inventories.

use super::*;
use crate::atmos::identity_graph::{IdentityEntry, Portal, ProviderEntry, Via};
use crate::formats::{Format, IniDialect, MemberPath};
use crate::inventory::{Category, Class, Contents, Owner, Renewability, Revocation, Token};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Naming, StoreId};
use crate::plan::{Found, KeepReason, Question};
use crate::remote::{Endpoint, EndpointSource, TrustedHost};
use crate::secret::{FingerprintKey, Secret};

fn provider(key: &str) -> ProviderEntry {
    ProviderEntry {
        key: key.to_owned(),
        written: key.to_owned(),
        kind: "aws/iam-identity-center".to_owned(),
        system: System::AWS,
        ambient: false,
        portal: Some(Portal {
            start_url: "https://portal.example/start".to_owned(),
            region: "eu-central-1".to_owned(),
        }),
        sign_out_page: None,
    }
}

fn identity(key: &str, via: Via) -> IdentityEntry {
    IdentityEntry {
        key: key.to_owned(),
        written: key.to_owned(),
        kind: "aws/permission-set".to_owned(),
        system: System::AWS,
        via,
        alias: None,
        provisioned: false,
    }
}

/// `sso → dev`, `sso → prod`; `other` signs in at the same portal and has nobody behind it.
fn identity_graph() -> IdentityGraph {
    let via = || Via::Provider("sso".to_owned());
    IdentityGraph::new(
        vec![provider("sso"), provider("other")],
        vec![identity("dev", via()), identity("prod", via())],
    )
}

fn path(text: &str) -> ConfinedPath {
    ConfinedPath::root(std::path::Path::new("/home/ana"))
        .descend(text)
        .unwrap()
}

#[derive(Default)]
struct Build(Inventory);

impl Build {
    fn artefact(mut self, place: Place, owner: Owner, change: impl Fn(&mut Artefact)) -> Self {
        let mut artefact =
            crate::systems::discovery::build_artefact(System::AWS, place, owner, "credential");
        change(&mut artefact);
        self.0.artefacts.push(artefact);
        self
    }

    fn section(self, file: &str, identity: &str) -> Self {
        let place = Place::Member {
            format: Format::Ini(IniDialect::Go),
            file: path(file),
            path: MemberPath::of_section(identity),
        };
        self.artefact(place, Owner::identity(identity, Some("sso")), |_| {})
    }

    fn entry(self, name: &str, owner: Owner, change: impl Fn(&mut Artefact)) -> Self {
        let place = Place::KeyringEntry {
            store: StoreId::Memory,
            service: format!("atmos_{name}"),
            account: "atmos-auth".to_owned(),
            naming: Naming::default(),
        };
        self.artefact(place, owner, change)
    }

    fn token(mut self, text: &str, providers: &[&str]) -> (Self, Fingerprint) {
        let secret = Secret::new(text.to_owned());
        let fingerprint = secret.fingerprint(&FingerprintKey::new([7; 32]));
        let token = Token {
            secret,
            revocation: Revocation::SsoPortal {
                region: "eu-central-1".to_owned(),
                is_region_guessed: false,
                start_url: None,
                endpoint: Endpoint {
                    url: "https://portal.example".to_owned(),
                    named_by: EndpointSource::Configuration,
                },
                instead: None,
            },
            elsewhere: Vec::new(),
            expires_at: None,
            providers: providers.iter().map(|key| (*key).to_owned()).collect(),
            account: None,
            shared: None,
            asked_with: None,
            is_over: false,
            renewal: Renewability::No,
            system: System::AWS,
        };
        self.0.tokens.insert(fingerprint, token);
        (self, fingerprint)
    }

    fn plan(&self, target: Target, change: impl Fn(&mut Request)) -> Plan {
        let mut request = Request::new(target);
        change(&mut request);
        build_from_inventory(&self.0, &identity_graph(), request)
    }
}

fn dev() -> Target {
    Target::Identity("dev".to_owned())
}

fn sso() -> Target {
    Target::Providers {
        keys: vec!["sso".to_owned()],
        label: "sso".to_owned(),
    }
}

fn decisions(plan: &Plan) -> Vec<(String, &'static str)> {
    plan.steps
        .iter()
        .filter(|step| !matches!(step.deed, Action::Unsupported { .. }))
        .filter(|step| step.decision != Decision::Keep(KeepReason::NotAsked))
        .map(|step| {
            let decision = match step.decision {
                Decision::Go => "go",
                Decision::AfterAsking => "after asking",
                Decision::IfRevoked(_) => "if revoked",
                Decision::Keep(_) => "keep",
            };
            (step.subject().to_owned(), decision)
        })
        .collect()
}

fn expect(plan: &Plan, expected: &[(&str, &str)]) {
    let got = decisions(plan);
    let got: Vec<(&str, &str)> = got
        .iter()
        .map(|(name, word)| (name.as_str(), *word))
        .collect();
    assert_eq!(got, expected);
}

#[test]
fn identity_logout_touches_only_that_identity() {
    let build = Build::default()
        .section("aws/sso/credentials", "dev")
        .section("aws/sso/credentials", "prod");
    expect(&build.plan(dev(), |_| {}), &[("dev", "go")]);
}

#[test]
fn nothing_found_is_an_empty_plan() {
    let plan = Build::default().plan(dev(), |_| {});
    assert!(plan.is_empty() && plan.steps.is_empty());
}

#[test]
fn long_lived_keys_stay_unless_keychain_and_then_a_question_is_asked() {
    let build = Build::default().entry("dev", Owner::identity("dev", None), |artefact| {
        artefact.class = Class::Stored;
    });
    expect(&build.plan(dev(), |_| {}), &[("dev", "keep")]);
    let plan = build.plan(dev(), |request| request.keychain = true);
    expect(&plan, &[("dev", "go")]);
    let question = Question::DeleteKeychain {
        subject: "dev".to_owned(),
        entries: vec!["dev".to_owned()],
    };
    assert_eq!(plan.questions, [question]);
}

#[test]
fn portal_token_in_the_keyring_goes_whether_or_not_its_server_could_be_told() {
    let (build, token) = Build::default().token("FAKE-token", &["sso"]);
    let build = build.entry("sso", Owner::providers(["sso"]), |artefact| {
        artefact.token = Some(token);
    });
    let keep = |request: &mut Request| request.keep_unrevoked = true;
    expect(
        &build.plan(sso(), |_| {}),
        &[("sso", "go"), ("sso", "after asking")],
    );
    expect(
        &build.plan(sso(), |request| request.revoke = false),
        &[("sso", "go")],
    );
    expect(
        &build.plan(sso(), keep),
        &[("sso", "go"), ("sso", "if revoked")],
    );
    let expired = Build::default().entry("sso", Owner::providers(["sso"]), |artefact| {
        artefact.state = State::Expired;
    });
    expect(&expired.plan(sso(), |_| {}), &[("sso", "go")]);
}

#[test]
fn identity_logout_keeps_a_shared_portal_token_and_names_the_sharers() {
    let (build, token) = Build::default().token("FAKE-token", &["sso"]);
    let build = build.entry("sso", Owner::providers(["sso"]), |artefact| {
        artefact.token = Some(token);
    });
    let plan = build.plan(dev(), |_| {});
    expect(&plan, &[("sso", "keep")]);
    assert_eq!(plan.steps[0].reason, "also used by prod");
}

#[test]
fn same_token_in_several_places_is_ended_once() {
    let (build, token) = Build::default().token("FAKE-token", &["sso", "other"]);
    let with = |artefact: &mut Artefact| artefact.token = Some(token);
    let build = build
        .entry("sso", Owner::providers(["sso"]), with)
        .artefact(
            Place::File {
                file: path("session.json"),
            },
            Owner::providers(["sso", "other"]),
            with,
        )
        .artefact(
            Place::File {
                file: path("cache.json"),
            },
            Owner::providers(["sso", "other"]),
            with,
        );
    let plan = build.plan(sso(), |_| {});
    let calls = plan
        .steps
        .iter()
        .filter(|step| matches!(step.deed, Action::Revoke { .. }))
        .count();
    assert_eq!(calls, 1);
    assert!(
        plan.steps[0].reason.contains("also served other"),
        "{}",
        plan.steps[0].reason
    );
}

#[test]
fn session_of_a_foreign_copy_ends_with_one_identity_unless_others_keep_it() {
    let build = |others: fn(Build, Fingerprint) -> Build| {
        let (build, token) = Build::default().token("FAKE-token", &["sso"]);
        let build = build.artefact(
            Place::File {
                file: path(".aws/sso/cache/x.json"),
            },
            Owner::providers(["sso"]),
            |artefact| {
                artefact.token = Some(token);
                artefact.tie = Exclusivity::ForeignCopy;
            },
        );
        others(build, token).plan(dev(), |_| {})
    };
    let ended = [("sso", "go"), ("sso", "after asking")];
    expect(&build(|build, _| build), &ended);
    let kept = build(|build, token| {
        build.entry("sso", Owner::providers(["sso"]), |artefact| {
            artefact.token = Some(token);
        })
    });
    expect(&kept, &[("sso", "keep"), ("sso", "go")]);
    let unread = build(|build, _| {
        build.entry("sso", Owner::providers(["sso"]), |artefact| {
            artefact.state = State::Unknown;
        })
    });
    expect(&unread, &[("sso", "keep"), ("sso", "go")]);
    let twin = build(|mut build, token| {
        let entry = Build::default().entry("harbor_sso", Owner::orphan("sso"), |artefact| {
            artefact.token = Some(token);
        });
        build.0.twins = entry.0.artefacts;
        build
    });
    expect(&twin, &[("sso", "go")]);
}

#[test]
fn keep_unrevoked_makes_files_wait_as_well() {
    let (build, token) = Build::default().token("FAKE-token", &["sso"]);
    let build = build.artefact(
        Place::File {
            file: path("session.json"),
        },
        Owner::providers(["sso"]),
        |artefact| artefact.token = Some(token),
    );
    expect(
        &build.plan(sso(), |_| {}),
        &[("sso", "go"), ("sso", "after asking")],
    );
    let plan = build.plan(sso(), |request| request.keep_unrevoked = true);
    expect(&plan, &[("sso", "go"), ("sso", "if revoked")]);
}

#[test]
fn host_named_by_a_file_is_asked_about_until_allowed() {
    let (build, token) = Build::default().token("FAKE-token", &["sso"]);
    let build = build.entry("sso", Owner::providers(["sso"]), |artefact| {
        artefact.token = Some(token);
    });
    let host = Question::Endpoint {
        host: "portal.example".to_owned(),
    };
    assert_eq!(build.plan(sso(), |_| {}).questions, [host]);
    let allowed = build.plan(sso(), |request| {
        request.allow_endpoints = vec![TrustedHost::parse("PORTAL.example").unwrap()];
    });
    assert_eq!(allowed.questions, []);
}

#[test]
fn strangers_are_asked_about_only_when_the_whole_machine_is_meant() {
    let build = Build::default().artefact(
        Place::File {
            file: path("session.json"),
        },
        Owner::orphan("crane"),
        |_| {},
    );
    assert!(build.plan(Target::Configured, |_| {}).is_empty());
    let plan = build.plan(Target::Machine, |_| {});
    let question = Question::Unconfigured {
        names: vec!["crane".to_owned()],
    };
    assert_eq!(plan.questions, [question]);
    expect(
        &build.plan(Target::Found(Found::called("crane")), |_| {}),
        &[("crane", "go")],
    );
}

#[test]
fn file_with_profiles_of_others_does_not_go_with_one_identity() {
    let file = path("aws/other/credentials");
    let place = Place::File { file: file.clone() };
    let mut build = Build::default().artefact(place, Owner::providers(["other"]), |artefact| {
        artefact.state = State::Residue;
    });
    build.0.contents.insert(file, Contents::Sections(2));
    let identity_graph = IdentityGraph::new(
        vec![provider("other")],
        vec![identity("dev", Via::Provider("other".to_owned()))],
    );
    let plan = |target| build_from_inventory(&build.0, &identity_graph, Request::new(target));
    expect(&plan(dev()), &[]);
    let whole = Target::Providers {
        keys: vec!["other".to_owned()],
        label: "other".to_owned(),
    };
    expect(&plan(whole), &[("other", "go")]);
}

#[test]
fn strangers_logout_does_not_end_a_session_that_a_provider_uses() {
    let (build, token) = Build::default().token("one", &["sso"]);
    let stranger = Place::File {
        file: path("crane.json"),
    };
    let with = |artefact: &mut Artefact| artefact.token = Some(token);
    let build = build
        .artefact(stranger, Owner::orphan("crane"), with)
        .entry("sso", Owner::providers(["sso"]), with);
    let plan = build.plan(Target::Found(Found::called("crane")), |_| {});
    expect(&plan, &[("crane", "go")]);
}

#[test]
fn directory_goes_only_when_the_plan_empties_it() {
    let directory = path("aws/sso");
    let with = |left: &[&str]| {
        let mut build = Build::default()
            .section("aws/sso/credentials", "dev")
            .artefact(
                Place::Directory {
                    directory: directory.clone(),
                    locks: vec!["credentials.lock"],
                },
                Owner::providers(["sso"]),
                |artefact| artefact.state = State::Residue,
            );
        let file = path("aws/sso/credentials");
        build.0.contents.insert(file, Contents::Sections(1));
        let entries = left.iter().map(|name| (*name).to_owned()).collect();
        build
            .0
            .contents
            .insert(directory.clone(), Contents::Entries(entries));
        build.plan(dev(), |_| {}).steps.iter().any(|step| {
            matches!(step.place(), Some(Place::Directory { .. })) && step.decision == Decision::Go
        })
    };
    assert!(with(&["credentials", "credentials.lock"]));
    assert!(!with(&["credentials", "notes.txt"]));
    assert!(!with(&["credentials.lock"]), "nothing was taken out of it");
}

#[test]
fn directory_with_a_strangers_file_stays_and_the_file_is_named() {
    let directory = path("aws/sso");
    let mut build = Build::default().artefact(
        Place::Directory {
            directory: directory.clone(),
            locks: vec!["credentials.lock"],
        },
        Owner::providers(["sso"]),
        |artefact| artefact.state = State::Residue,
    );
    build
        .0
        .contents
        .insert(directory, Contents::Entries(vec!["notes.txt".to_owned()]));
    let plan = build.plan(sso(), |_| {});
    expect(&plan, &[("sso", "keep")]);
    assert_eq!(plan.steps[0].reason, "notes.txt in it is not Atmos's");
}

#[test]
fn names_are_listed_as_people_would() {
    assert_eq!(join_names(&["a"]), "a");
    assert_eq!(join_names(&["a", "b"]), "a and b");
    assert_eq!(join_names(&["a", "b", "c", "d"]), "a, b, c and d");
    assert_eq!(join_names(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
}

/// An account that a cloud's own client keeps stands beside what `atmos.yaml` configures: each is
/// logged out without the other.
#[test]
fn clouds_have_accounts_of_their_own_beside_the_configuration() {
    for system in [System::AWS, System::AZURE, System::GCP] {
        let own = |artefact: &mut Artefact| artefact.system = system;
        let file = Place::File {
            file: path("clients/own"),
        };
        let build = Build::default()
            .artefact(file, Owner::account("ana@acme.example"), own)
            .section("aws/sso/credentials", "dev");
        expect(&build.plan(dev(), |_| {}), &[("dev", "go")]);
        let configured = build.plan(Target::Configured, |_| {});
        expect(&configured, &[("dev", "go")]);
        let account = Target::Accounts {
            accounts: BTreeSet::from([(system, "ana@acme.example".to_owned())]),
            label: "ana@acme.example".to_owned(),
        };
        expect(&build.plan(account, |_| {}), &[("ana@acme.example", "go")]);
        let everything = build.plan(Target::Machine, |_| {});
        expect(&everything, &[("ana@acme.example", "go"), ("dev", "go")]);
        let names = BTreeSet::from(["ana@acme.example".to_owned()]);
        let asked = everything.questions.iter();
        let mut asked = asked.filter_map(|question| match question {
            Question::Unconfigured { names } => Some(names),
            _ => None,
        });
        let expected: Vec<String> = names.into_iter().collect();
        assert_eq!(asked.next(), Some(&expected), "{system:?}");
    }
}

#[test]
fn copies_go_by_class_by_question_and_with_the_server() {
    let place = |name: &str| Place::File { file: path(name) };
    let (_, token) = Build::default().token("FAKE-shared-secret", &[]);
    let holds = |system: System, class: Class, tier: Category, own: Option<Fingerprint>| {
        move |found: &mut Artefact| {
            found.system = system;
            found.class = class;
            found.tier = tier;
            found.token = own;
            found.secrets = vec![token];
        }
    };
    let (session, stored) = (Class::Session, Class::Stored);
    let (sign_in, possible) = (Category::SignIn, Category::Possible);
    let inventory = |own| {
        let (build, _) = Build::default().token("FAKE-shared-secret", &[]);
        let owner = Owner::account;
        build
            .artefact(
                place("meant"),
                owner("meant"),
                holds(System::CODEX, session, sign_in, own),
            )
            .artefact(
                place("backup"),
                owner("meant"),
                holds(System::CODEX, session, Category::Footprint, None),
            )
            .artefact(
                place("next"),
                owner("next"),
                holds(System::GEMINI, session, sign_in, None),
            )
            .artefact(
                place("hand"),
                owner("hand"),
                holds(System::GEMINI, stored, sign_in, None),
            )
            .artefact(
                place("odd"),
                owner("odd"),
                holds(System::POSSIBLE, session, possible, None),
            )
    };
    let target = || Target::Accounts {
        accounts: BTreeSet::from([(System::CODEX, "meant".to_owned())]),
        label: "meant".to_owned(),
    };
    let decided = |plan: &Plan| {
        let steps = plan.steps.iter().filter(|step| step.place().is_some());
        let mut words: Vec<(String, &'static str)> = steps
            .map(|step| {
                let path = step.place().and_then(Place::path).unwrap_or_default();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let word = match &step.decision {
                    Decision::Go | Decision::AfterAsking => "go",
                    Decision::IfRevoked(_) => "if dead",
                    Decision::Keep(KeepReason::SameSecret) => "asked",
                    Decision::Keep(_) => "keep",
                };
                (name, word)
            })
            .collect();
        words.sort();
        words
    };
    let words = |backup, hand, next, odd| -> Vec<(String, &'static str)> {
        [
            ("backup", backup),
            ("hand", hand),
            ("meant", "go"),
            ("next", next),
            ("odd", odd),
        ]
        .map(|(name, word)| (name.to_owned(), word))
        .to_vec()
    };
    // No server ends it.
    let plan = inventory(None).plan(target(), |_| {});
    assert_eq!(decided(&plan), words("keep", "keep", "asked", "asked"));
    let asks = |plan: &Plan| {
        let mut questions = plan.questions.iter();
        questions.any(
            |question| matches!(question, Question::Copies { places, .. } if places.len() == 1),
        )
    };
    assert!(asks(&plan));
    let yes = crate::approve::Answers {
        force: false,
        agreed: plan.questions.clone(),
    };
    let agreed = crate::approve::approve_plan(plan, &yes).unwrap();
    assert_eq!(decided(agreed.get()), words("keep", "keep", "go", "asked"));
    let plan = inventory(None).plan(target(), |request| request.force = true);
    assert_eq!(decided(&plan), words("go", "keep", "go", "asked"));
    assert!(!asks(&plan));
    let plan = inventory(None).plan(target(), |request| request.keychain = true);
    assert_eq!(decided(&plan), words("keep", "asked", "asked", "asked"));
    // Its server ends it: what else holds it is dead then.
    let plan = inventory(Some(token)).plan(target(), |_| {});
    assert_eq!(
        decided(&plan),
        words("if dead", "if dead", "if dead", "asked")
    );
    let plan = inventory(Some(token)).plan(target(), |request| request.revoke = false);
    assert_eq!(decided(&plan), words("keep", "keep", "asked", "asked"));
}
