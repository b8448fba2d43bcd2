//! Which files count, and which of two wins.

use std::path::PathBuf;

use super::super::{resolve_realm, validate_configuration};
use super::*;

fn mock(realm: &str, provider: &str) -> String {
    format!("auth:\n  realm: {realm}\n  providers:\n    {provider}: {{kind: mock}}\n")
}

fn realm_of(configuration: &Configuration) -> &str {
    configuration
        .auth
        .realm
        .as_ref()
        .map_or("", |realm| &realm.value)
}

fn providers(configuration: &Configuration) -> Vec<&str> {
    configuration
        .auth
        .providers
        .iter()
        .map(|provider| provider.name.key.as_str())
        .collect()
}

#[test]
fn load_without_any_file_finds_nothing_and_says_so() {
    let place = Place::new();
    let configuration = place.load(&[]);
    assert!(!configuration.found);
    assert_eq!(configuration.directory, None);
    assert!(validate_configuration(&place.world(&[]), &configuration).is_empty());
}

#[test]
fn load_layers_merge_and_the_nearer_wins() {
    let place = Place::new()
        .with("system/atmos.yaml", mock("system", "s"))
        .with("home/.atmos/atmos.yaml", mock("home", "h"))
        .with("named/atmos.yml", mock("named", "n"))
        .with("work/atmos.yaml", mock("work", "w"));
    let configuration = place.load(&[]);
    assert_eq!(
        (realm_of(&configuration), providers(&configuration)),
        ("work", vec!["h", "w"])
    );
    assert_eq!(configuration.directory, Some(place.path("work")));
    let named = place.path("named");
    let world = place.world(&[("ATMOS_CLI_CONFIG_PATH", named.to_str().unwrap())]);
    let request = ConfigurationRequest {
        system_directory: Some(place.path("system")),
        ..Default::default()
    };
    let configuration = load_configuration(&world, &request);
    assert_eq!(
        (realm_of(&configuration), providers(&configuration)),
        ("named", vec!["s", "h", "w", "n"])
    );
    assert_eq!(configuration.directory, Some(named));
}

#[test]
fn load_names_that_differ_in_case_are_told_in_any_layer() {
    let place = Place::new()
        .with("home/.atmos/atmos.yaml", mock("home", "one"))
        .with(
            "work/atmos.yaml",
            "auth:\n  providers:\n    ONE: {kind: mock}\n    two: {kind: mock}\n    Two: {kind: mock/aws}\n",
        );
    let configuration = place.load(&[]);
    assert_eq!(providers(&configuration), ["one", "two"]);
    let two = configuration.auth.provider("two").unwrap();
    assert_eq!(
        (two.name.written.as_str(), two.kind.id()),
        ("Two", "mock/aws")
    );
    let problems = validate_configuration(&place.world(&[]), &configuration);
    let repeated = problems
        .iter()
        .filter(|problem| problem.code == "duplicate-name");
    let lines: Vec<_> = repeated
        .map(|problem| {
            (
                problem.location.map(|at| at.line),
                problem.related[0].location.line,
            )
        })
        .collect();
    assert_eq!(lines, [(Some(5), 4)]);
}

#[test]
fn load_yaml_beats_yml_of_the_same_directory() {
    let place = Place::new()
        .with("work/atmos.yaml", mock("yaml", "a"))
        .with("work/atmos.yml", mock("yml", "b"));
    assert_eq!(providers(&place.load(&[])), ["a"]);
}

#[test]
fn load_searches_above_and_the_git_root_only_without_an_own_file() {
    let place = Place::new()
        .with("work/.git/HEAD", "")
        .with("work/atmos.yaml", mock("root", "r"))
        .with("work/near/atmos.yml", mock("near", "n"))
        .with("work/near/deep/keep", "");
    let mut world = place.world(&[]);
    world.working_directory = place.path("work/near/deep");
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    assert_eq!(providers(&configuration), ["n", "r"]);
    assert_eq!(configuration.directory, Some(place.path("work")));
    world.environment = [("ATMOS_GIT_ROOT_BASEPATH", "false")].into_iter().collect();
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    assert_eq!(providers(&configuration), ["n"]);
    world.environment = [("ATMOS_CLI_CONFIG_PATH", ".")].into_iter().collect();
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    assert!(!configuration.found);
    assert_eq!(
        configuration.diagnostics[0].subject.as_deref(),
        Some("variable ATMOS_CLI_CONFIG_PATH")
    );
}

#[test]
fn load_ends_the_search_above_where_atmos_does() {
    let place = Place::new()
        .with("work/atmos.yaml", mock("far", "f"))
        .with("work/hidden/.atmos.yaml", mock("hidden", "h"))
        .with("work/hidden/deep/keep", "")
        .with("work/own/.atmos/keep", "")
        .with("work/fragments/atmos.d/a.yaml", mock("fragment", "a"))
        .with("work/plain/keep", "");
    let load_in = |directory: &str| {
        let mut world = place.world(&[]);
        world.working_directory = place.path(directory);
        load_configuration(&world, &ConfigurationRequest::default())
    };
    assert_eq!(providers(&load_in("work/plain")), ["f"]);
    // It is not read, and nothing above it is.
    for directory in [
        "work/hidden/deep",
        "work/hidden",
        "work/own",
        "work/fragments",
    ] {
        let configuration = load_in(directory);
        assert_eq!(configuration.directory, None, "{directory}");
        assert!(!providers(&configuration).contains(&"f"), "{directory}");
        assert!(!providers(&configuration).contains(&"h"), "{directory}");
    }
}

#[test]
fn load_requested_files_and_directories_replace_the_search() {
    let place = Place::new()
        .with("work/atmos.yaml", mock("work", "w"))
        .with("one.yaml", mock("one", "o"))
        .with("two/.atmos.yaml", mock("two", "t"));
    let request = ConfigurationRequest {
        files: vec![place.path("one.yaml"), "../missing.yaml".into()],
        directories: vec!["../two".into(), "../empty".into()],
        ..Default::default()
    };
    let configuration = load_configuration(&place.world(&[]), &request);
    assert_eq!(
        (realm_of(&configuration), providers(&configuration)),
        ("two", vec!["o", "t"])
    );
    let messages = lines(&configuration.diagnostics);
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(
        messages[0].contains("missing.yaml does not exist"),
        "{messages:?}"
    );
    assert!(messages[1].contains("no atmos.yaml in"), "{messages:?}");
    let configuration = place.load(&[("ATMOS_CONFIG", "../one.yaml, atmos.yaml")]);
    assert_eq!(
        (realm_of(&configuration), providers(&configuration)),
        ("work", vec!["o", "w"])
    );
    let configuration = place.load(&[("ATMOS_CONFIG_PATH", "../two")]);
    assert_eq!(providers(&configuration), ["t"]);
}

#[test]
fn load_fragments_and_imports_lie_below_the_file() {
    let place = Place::new()
        .with("work/.git/HEAD", "")
        .with("work/.atmos.d/root.yaml", mock("git", "g"))
        .with("work/app/atmos.d/a.yaml", mock("fragment", "a"))
        .with("work/app/atmos.d/sub/b.yml", mock("deeper", "b"))
        .with("work/app/.atmos.d/c.yaml", mock("dotted", "c"))
        .with("work/app/more/x.yaml", mock("x", "x"))
        .with("work/app/more/x.yml", mock("never", "never"))
        .with("work/app/more/y.yaml", "import: [../z]\nauth: {realm: y}\n")
        .with("work/app/z.yaml", mock("z", "z"))
        .with(
            "work/app/atmos.yaml",
            "import: ['more/*', 'https://u:FAKE-p@host/x?t=1', none]\n",
        );
    let mut world = place.world(&[]);
    world.working_directory = place.path("work/app");
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    assert_eq!(providers(&configuration), ["g", "a", "b", "c", "x", "z"]);
    assert_eq!(realm_of(&configuration), "y");
    assert_eq!(
        lines(&configuration.diagnostics),
        [
            "1 import -: `https://…@host/x` is not fetched",
            "1 import -: `none` matches no file",
        ]
    );
}

#[test]
fn load_import_circle_and_depth_end_with_a_warning() {
    let place = Place::new()
        .with("work/atmos.yaml", "import: [a.yaml]\nauth: {realm: fine}\n")
        .with("work/a.yaml", "import: [atmos.yaml]\n");
    let configuration = place.load(&[]);
    assert_eq!(realm_of(&configuration), "fine");
    assert!(
        configuration.diagnostics[0]
            .message
            .ends_with("imports itself in a circle")
    );
    let mut place = Place::new().with("work/atmos.yaml", "import: [f0]\n");
    for number in 0..20 {
        place = place.with(
            &format!("work/f{number}.yaml"),
            format!("import: [f{}]\n", number + 1),
        );
    }
    let configuration = place.load(&[]);
    assert_eq!(configuration.sources.len(), 11);
    assert_eq!(
        lines(&configuration.diagnostics),
        ["1 import -: imports are nested more than 10 deep"]
    );
}

#[test]
fn load_profile_lies_over_everything() {
    let place = Place::new()
        .with(
            "work/atmos.yaml",
            "profiles: {default: base}\nauth: {realm: own}\n",
        )
        .with("work/profiles/base/auth.yaml", mock("base", "b"))
        .with("work/.atmos/profiles/ci/auth.yaml", mock("ci", "c"))
        .with("home/.config/atmos/profiles/home/x.yaml", mock("home", "h"));
    assert_eq!(realm_of(&place.load(&[])), "base");
    let configuration = place.load(&[("ATMOS_PROFILE", "ci, home")]);
    assert_eq!(
        (realm_of(&configuration), providers(&configuration)),
        ("home", vec!["c", "h"])
    );
    assert_eq!(configuration.profiles, ["ci", "home"]);
    for name in ["nope", "../../home", "/etc"] {
        let request = ConfigurationRequest {
            profiles: vec![name.to_owned()],
            ..Default::default()
        };
        let configuration = load_configuration(&place.world(&[]), &request);
        let problem = &configuration.diagnostics[0];
        assert_eq!(problem.message, format!("there is no profile '{name}'"));
        assert_eq!(problem.hint.as_deref(), Some("there are: base, ci, home"));
    }
}

#[test]
fn load_profile_that_is_an_identity_says_so() {
    let place = Place::new().with(
        "work/atmos.yaml",
        "auth: {providers: {p: {kind: mock}}, identities: {dev: {kind: mock, via: {provider: p}}}}",
    );
    let configuration = place.load(&[("ATMOS_PROFILE", "dev")]);
    assert_eq!(
        configuration.diagnostics[0].hint.as_deref(),
        Some("'dev' is an identity: use `--identity` or ATMOS_IDENTITY")
    );
}

#[test]
fn load_env_section_reaches_realm_and_profile_and_nothing_else() {
    let place = Place::new()
        .with(
            "work/atmos.yaml",
            "env: {ATMOS_PROFILE: ci, ATMOS_AUTH_REALM: from-env, HOME: /evil, \
             ATMOS_XDG_CACHE_HOME: /evil, ATMOS_KEYRING_TYPE: memory}\n",
        )
        .with("work/profiles/ci/a.yaml", mock("ci", "c"));
    let configuration = place.load(&[]);
    assert_eq!(providers(&configuration), ["c"]);
    assert_eq!(
        resolve_realm(&place.world(&[]), &configuration).value,
        "from-env"
    );
    let outer = place.world(&[("ATMOS_AUTH_REALM", "outer")]);
    assert_eq!(resolve_realm(&outer, &configuration).value, "outer");
    assert_eq!(
        configuration.auth.keyring.kind,
        super::super::KeyringKind::System
    );
}

#[test]
fn load_provisioned_identities_lie_below_what_people_write() {
    let provisioned = "auth:\n  _metadata: {source: x}\n  realm: evil\n  identities:\n    \
        acct/Admin: {kind: aws/permission-set, provider: p, via: {provider: p}, \
        principal: {name: Admin, account: {id: '1', name: acct}}}\n    \
        mine: {kind: aws/permission-set, via: {provider: p}, principal: {name: Old, account: {id: '2'}}}\n";
    let place = Place::new()
        .with(
            "work/atmos.yaml",
            "auth:\n  providers:\n    P: {kind: aws/iam-identity-center, start_url: https://x.example/start, \
             region: r}\n    ../../up: {kind: mock}\n  identities:\n    mine: {principal: {name: New}}\n",
        )
        .with("home/.cache/atmos/auth/p/provisioned-identities.yaml", provisioned)
        .with("home/.cache/up/provisioned-identities.yaml", provisioned);
    let configuration = place.load(&[]);
    let auth = &configuration.auth;
    assert_eq!(configuration.sources.len(), 2);
    assert_eq!(auth.identities.len(), 2);
    let mine = auth.identity("mine").unwrap();
    assert!(!mine.provisioned);
    assert_eq!(
        (mine.permission_set(), mine.account_id()),
        (Some("New"), Some("2"))
    );
    let theirs = auth.identity("ACCT/admin").unwrap();
    assert!(theirs.provisioned);
    assert_eq!(theirs.name.written, "acct/Admin");
    assert_eq!(realm_of(&configuration), "");
}

#[test]
fn load_append_and_unset_act_on_the_layer_below() {
    let place = Place::new()
        .with(
            "work/base.yaml",
            "auth: {realm: gone, providers: {p: {kind: mock, tags: [a]}}}\n",
        )
        .with(
            "work/atmos.yaml",
            "import: [base]\nauth: {realm: !unset , providers: {P: {tags: !append [b], kind: }}}\n",
        );
    let configuration = place.load(&[]);
    assert_eq!(lines(&configuration.diagnostics), Vec::<String>::new());
    assert_eq!(configuration.auth.realm, None);
    assert_eq!(configuration.auth.providers[0].tags, ["a", "b"]);
    assert_eq!(configuration.auth.providers[0].kind.id(), "mock");
}

#[test]
fn load_base_path_from_request_variable_or_file() {
    let place = Place::new().with("work/atmos.yaml", "base_path: ./stacks\n");
    assert_eq!(place.load(&[]).base_path, Some(place.path("work/stacks")));
    assert_eq!(
        place.load(&[("ATMOS_BASE_PATH", "/b")]).base_path,
        Some(PathBuf::from("/b"))
    );
    let request = ConfigurationRequest {
        base_path: Some("r".into()),
        ..Default::default()
    };
    assert_eq!(
        load_configuration(&place.world(&[]), &request).base_path,
        Some(place.path("work/r"))
    );
}
