//! `adieu env`.
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare the file that is appended to"
)]

use adieu_testkit::{Home, Tree};
use insta::assert_snapshot;

use crate::support::{adieu, home_with, shell, signed_in};

fn env(home: &Home, arguments: &[&str]) -> String {
    let before = Tree::of(home.root());
    let output = adieu(home).arg("env").args(arguments).run().success();
    assert_eq!(before, Tree::of(home.root()));
    assert_eq!(output.stderr, "");
    output.stdout
}

#[test]
fn env_bash_is_as_recorded() {
    assert_snapshot!(env(&signed_in(), &["-i", "ledger-deployer"]), @r#"
    export AWS_CONFIG_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/config
    export AWS_DEFAULT_REGION=eu-central-1
    export AWS_PROFILE=ledger-deployer
    export AWS_REGION=eu-central-1
    export AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/credentials
    "#);
}

#[test]
fn env_has_the_region_and_the_env_list_of_the_identity() {
    assert_snapshot!(env(&signed_in(), &["-i", "ledger-readonly", "-f", "dotenv"]), @r#"
    AWS_CONFIG_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/config
    AWS_DEFAULT_REGION=eu-west-3
    AWS_PROFILE=ledger-readonly
    AWS_REGION=eu-west-3
    AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/credentials
    TF_VAR_stage=staging
    "#);
}

#[test]
fn env_of_every_shell() {
    let home = signed_in();
    assert_snapshot!(env(&home, &["-f", "fish"]), @r#"
    set -gx AWS_CONFIG_FILE $HOME/.config/atmos/meridian/aws/meridian-sso/config
    set -gx AWS_DEFAULT_REGION eu-central-1
    set -gx AWS_PROFILE ledger-admin
    set -gx AWS_REGION eu-central-1
    set -gx AWS_SHARED_CREDENTIALS_FILE $HOME/.config/atmos/meridian/aws/meridian-sso/credentials
    "#);
    assert_snapshot!(env(&home, &["-f", "powershell"]), @r#"
    $Env:AWS_CONFIG_FILE = '$HOME/.config/atmos/meridian/aws/meridian-sso/config'
    $Env:AWS_DEFAULT_REGION = 'eu-central-1'
    $Env:AWS_PROFILE = 'ledger-admin'
    $Env:AWS_REGION = 'eu-central-1'
    $Env:AWS_SHARED_CREDENTIALS_FILE = '$HOME/.config/atmos/meridian/aws/meridian-sso/credentials'
    "#);
    assert_snapshot!(env(&home, &["-f", "json"]), @r#"
    {
      "AWS_CONFIG_FILE": "$HOME/.config/atmos/meridian/aws/meridian-sso/config",
      "AWS_DEFAULT_REGION": "eu-central-1",
      "AWS_PROFILE": "ledger-admin",
      "AWS_REGION": "eu-central-1",
      "AWS_SHARED_CREDENTIALS_FILE": "$HOME/.config/atmos/meridian/aws/meridian-sso/credentials"
    }
    "#);
    assert_eq!(env(&home, &["-f", "json"]), env(&home, &["-o", "json"]));
    assert_eq!(env(&home, &["-f", "env"]), env(&home, &["-f", "dotenv"]));
}

#[test]
fn env_of_every_kind() {
    let of = |file: &str, identities: &[&str]| {
        let home = home_with(file);
        let shown = identities.iter().map(|identity| {
            let variables = env(&home, &["-i", identity, "-f", "env"]);
            format!("{identity}\n{variables}\n").replace(home.root().to_str().unwrap(), "")
        });
        shown
            .collect::<String>()
            .replace(&home.derived_realm(), "DERIVED")
    };
    assert_snapshot!(
        of("03-aws-user-saml-root.yaml", &["easel-keys", "vault-root", "gallery-role"]),
        @r#"
    easel-keys
    AWS_CONFIG_FILE=$HOME/.config/atmos/atelier/aws/aws-user/config
    AWS_DEFAULT_REGION=us-east-2
    AWS_PROFILE=easel-keys
    AWS_REGION=us-east-2
    AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/atelier/aws/aws-user/credentials

    vault-root
    AWS_CONFIG_FILE=$HOME/.config/atmos/atelier/aws/easel-keys/config
    AWS_DEFAULT_REGION=us-east-2
    AWS_PROFILE=vault-root
    AWS_REGION=us-east-2
    AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/atelier/aws/easel-keys/credentials

    gallery-role
    AWS_CONFIG_FILE=$HOME/.config/atmos/atelier/aws/atelier-okta/config
    AWS_DEFAULT_REGION=us-east-2
    AWS_PROFILE=gallery-role
    AWS_REGION=us-east-2
    AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/atelier/aws/atelier-okta/credentials
    "#
    );
    assert_snapshot!(of("04-azure.yaml", &["tundra", "fjord"]), @r#"
    tundra
    ARM_LOCATION=northeurope
    ARM_SUBSCRIPTION_ID=22222222-bbbb-4bbb-8bbb-000000000001
    AZURE_LOCATION=northeurope
    AZURE_RESOURCE_GROUP=rg-tundra
    AZURE_SUBSCRIPTION_ID=22222222-bbbb-4bbb-8bbb-000000000001

    fjord
    ARM_SUBSCRIPTION_ID=22222222-bbbb-4bbb-8bbb-000000000004
    AZURE_SUBSCRIPTION_ID=22222222-bbbb-4bbb-8bbb-000000000004
    "#);
    assert_snapshot!(of("05-gcp.yaml", &["gnomon", "almanac", "analemma"]), @r#"
    gnomon
    CLOUDSDK_COMPUTE_REGION=europe-west4
    CLOUDSDK_COMPUTE_ZONE=europe-west4-b
    CLOUDSDK_CORE_PROJECT=sundial-sandbox
    GCLOUD_PROJECT=sundial-sandbox
    GOOGLE_CLOUD_PROJECT=sundial-sandbox
    GOOGLE_CLOUD_REGION=europe-west4
    GOOGLE_CLOUD_ZONE=europe-west4-b

    almanac
    CLOUDSDK_CORE_PROJECT=sundial-sandbox
    GCLOUD_PROJECT=sundial-sandbox
    GOOGLE_CLOUD_PROJECT=sundial-sandbox

    analemma
    CLOUDSDK_CORE_PROJECT=sundial-ci
    GCLOUD_PROJECT=sundial-ci
    GOOGLE_CLOUD_PROJECT=sundial-ci
    "#);
    assert_snapshot!(
        of("07-mock-file-keyring.yaml", &["marionette", "glove", "passthrough", "toybox"]),
        @r#"
    marionette
    ATMOS_IDENTITY=marionette
    MOCK_IDENTITY=marionette

    glove
    AWS_CONFIG_FILE=/tmp/mock-config
    AWS_DEFAULT_REGION=us-east-1
    AWS_PROFILE=glove
    AWS_REGION=us-east-1
    AWS_SHARED_CREDENTIALS_FILE=/tmp/mock-credentials
    MOCK_IDENTITY=glove

    passthrough

    toybox
    "#
    );
}

/// A configuration whose identity sets one variable to a hostile value.
fn hostile() -> (Home, String) {
    let home = Home::new();
    home.atmos_yaml(concat!(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    m:\n      kind: mock\n      ",
        "default: true\n      via: { provider: p }\n      env:\n        ",
        "- { key: HOSTILE, value: \"a'b\\\\c $(touch x) `touch y` \\\"z\\\" ‘q’\\n;touch z\\t\\e[2Jü!*~=\" }\n        ",
        "- { key: EMPTY, value: \"\" }\n        ",
        "- { key: TILDE, value: \"~/x:~/y\" }\n        ",
        "- { key: EQUALS, value: \"=ls\" }\n"
    ));
    let value = "a'b\\c $(touch x) `touch y` \"z\" ‘q’\n;touch z\t\u{1b}[2Jü!*~=".to_owned();
    (home, value)
}

/// Leave for the variables of [`hostile`].
const LEAVE: [&str; 8] = [
    "--allow-variable",
    "HOSTILE",
    "--allow-variable",
    "EMPTY",
    "--allow-variable",
    "TILDE",
    "--allow-variable",
    "EQUALS",
];

#[test]
fn env_values_survive_real_shells_and_run_nothing() {
    let (home, value) = hostile();
    let expected = format!("{value}||~/x:~/y|=ls|m");
    let print = "printf '%s|%s|%s|%s|%s' \"$HOSTILE\" \"$EMPTY\" \"$TILDE\" \"$EQUALS\" \
                 \"$ATMOS_IDENTITY\"";
    let mut tried = 0;
    for (program, format) in [("bash", "bash"), ("zsh", "bash"), ("fish", "fish")] {
        let lines = env(&home, &[&["--format", format], LEAVE.as_slice()].concat());
        assert!(!lines.contains('\u{1b}'), "{lines:?}");
        let script = format!("cd {}\n{lines}\n{print}", home.temporary().display());
        let before = Tree::of(home.root());
        if let Some(printed) = shell(program, &script) {
            assert_eq!(printed, expected, "{program}: {lines}");
            assert_eq!(before, Tree::of(home.root()), "{program} ran something");
            tried += 1;
        }
    }
    assert!(tried > 0, "no shell is installed");
}

#[test]
fn env_through_eval_is_the_same() {
    let (home, value) = hostile();
    let lines = env(&home, &LEAVE);
    home.write("lines", &lines);
    let file = home.join("lines");
    let script = format!("eval \"$(cat {})\"\nprintf %s \"$HOSTILE\"", file.display());
    assert_eq!(shell("bash", &script).unwrap(), value);
}

#[test]
fn env_formats_without_a_form_for_control_characters_refuse() {
    let (home, _) = hostile();
    for format in ["env", "dotenv", "github"] {
        let output = adieu(&home).args(["env", "-f", format]).args(LEAVE).run();
        let output = output.code(1);
        assert_eq!(output.stdout, "");
        // Raw lines have no quotes at all, so that an earlier value is refused.
        let name = if format == "env" { "EQUALS" } else { "HOSTILE" };
        assert!(output.stderr.contains(name) && !output.stderr.contains("touch"));
    }
}

#[test]
fn env_names_that_are_no_names_are_left_out_with_a_warning() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    m:\n      kind: mock\n      \
         via: { provider: p }\n      env:\n        - { key: \"X=$(touch x);\\e[2J\", value: v }\n        \
         - { key: STAGE, value: v }\n",
    );
    assert_snapshot!(adieu(&home).args(["env", "-i", "m"]).run(), @r#"
    $ adieu env -i m
    exit 0
    --- stdout
    export ATMOS_IDENTITY=m
    export MOCK_IDENTITY=m
    export STAGE=v
    --- stderr
    warning: identity "m": "X=$(touch x);\u{1b}[2J" cannot be the name of a variable and was left out
      hint: use letters, digits and underscores
    "#);
}

#[test]
fn env_names_that_are_not_on_the_list_need_leave() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    dev:\n      kind: mock\n      \
         via: { provider: p }\n      env:\n        - { key: LD_PRELOAD, value: ./evil.so }\n        \
         - { key: PATH, value: ./bin }\n        - { key: STAGE, value: dev }\n        \
         - { key: AWS_REGION, value: \"$(touch x)\" }\n",
    );
    let output = adieu(&home).args(["env", "-i", "dev"]).run().success();
    assert_snapshot!(output, @r#"
    $ adieu env -i dev
    exit 0
    --- stdout
    export ATMOS_IDENTITY=dev
    export MOCK_IDENTITY=dev
    export STAGE=dev
    --- stderr
    warning: identity "dev": left out, because atmos.yaml may not choose such variables for your shell: AWS_REGION, LD_PRELOAD, PATH
      hint: if you trust this atmos.yaml: --allow-variable AWS_REGION
    "#);
    let words = ["env", "-i", "dev", "--allow-variable", "path"];
    let output = adieu(&home).args(words).run().success();
    assert!(
        output.stdout.contains("PATH=./bin") && !output.stdout.contains("evil"),
        "{output}"
    );
}

/// What the cases of issue 11 and the manuals of common programs know: each steers a program.
const STEERING: &str = "GIT_DIR MAKEFLAGS TAR_OPTIONS AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_PAGER \
    KUBECONFIG PYTHONBREAKPOINT PYTHONWARNINGS OPENSSL_CONF GCONV_PATH RUSTC_WRAPPER CARGO_HOME VIMINIT \
    TF_CLI_CONFIG_FILE TF_CLI_ARGS TF_VAR_anything HISTFILE HTTPS_PROXY https_proxy AWS_CA_BUNDLE \
    AWS_ENDPOINT_URL_SSO SSL_CERT_FILE LESS LESSKEYIN npm_config_node_options PSModulePath \
    DOTNET_STARTUP_HOOKS LUA_INIT SYSTEMD_PAGER GH_PAGER BASH_ENV ANTHROPIC_BASE_URL DOCKER_HOST \
    XDG_DATA_HOME TERMINFO PROMPT RPS1 HISTCONTROL MAILPATH PATH HOME LD_PRELOAD IFS SHELL EDITOR \
    AWS_ACCESS_KEY_ID AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE GOOGLE_APPLICATION_CREDENTIALS \
    CLOUDSDK_CONFIG AZURE_CONFIG_DIR ATMOS_CLI_CONFIG_PATH ATMOS_KEYRING_FILE_PATH aws_region";

#[test]
fn env_of_a_repository_steers_no_program_in_any_format() {
    let home = Home::new();
    let names: Vec<&str> = STEERING.split_whitespace().collect();
    let list: Vec<String> = names
        .iter()
        .map(|name| format!("        - {{ key: {name}, value: FAKE-steers }}\n"))
        .collect();
    let list = list.concat();
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  providers: {{ p: {{ kind: aws/iam-identity-center, region: us-east-1, \
         start_url: \"https://portal.acme.example/start\" }} }}\n  identities:\n    dev:\n      \
         kind: aws/permission-set\n      via: {{ provider: p }}\n      default: true\n      \
         principal: {{ name: A, account: {{ name: b }} }}\n      env:\n{list}"
    ));
    for format in [
        "bash",
        "fish",
        "powershell",
        "dotenv",
        "env",
        "github",
        "json",
    ] {
        let output = adieu(&home).args(["env", "-f", format]).run().success();
        assert!(!output.stdout.contains("FAKE-steers"), "{output}");
        assert!(
            output.stdout.contains(".config/atmos/acme/aws/p/config"),
            "{output}"
        );
        for name in &names {
            assert!(output.stderr.contains(name), "{name}: {output}");
        }
    }
    let unset = |words: &[&str]| {
        let mut command = adieu(&home).args(["env", "--unset"]).args(words);
        for name in names.iter().filter(|name| **name != "HOME") {
            command = command.env(*name, "FAKE-steers");
        }
        command.run().success().stdout
    };
    let ours = [
        "ATMOS_IDENTITY",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
    ];
    for words in [["dev", "--all-variables"], ["", "--all-variables"]] {
        let printed = unset(&words);
        let printed: Vec<&str> = printed.lines().collect();
        assert_eq!(
            printed,
            ours.map(|name| format!("unset {name}")),
            "{words:?}"
        );
    }
    assert_eq!(unset(&["dev"]), "");
}

#[test]
fn env_hostile_provider_never_becomes_a_path() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    ../../x: { kind: aws/iam-identity-center, start_url: \"https://x.example\", \
         region: us-east-1 }\n  identities:\n    i: { kind: aws/permission-set, via: { provider: ../../x }, \
         principal: { name: A, account: { id: \"210000000001\" } } }\n",
    );
    assert_snapshot!(adieu(&home).args(["env", "-i", "i"]).run(), @r#"
    $ adieu env -i i
    exit 2
    --- stdout
    --- stderr
    Error: identity "i" has no variables: provider "../../x" has no directory: its name is not one plain path component

    See what is wrong with the configuration: adieu validate
    "#);
}

#[test]
fn env_appends_to_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = signed_in();
    let file = home.work().join("out.env");
    let run = |arguments: &[&str]| {
        adieu(&home)
            .args(["env", "-f", "dotenv", "--output-file", "out.env"])
            .args(arguments)
            .run()
            .success()
    };
    assert_eq!(run(&["-i", "ledger-deployer"]).stdout, "");
    let mode = file.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o600);
    let first = std::fs::read_to_string(&file).unwrap();
    assert_eq!(first.lines().count(), 5);
    std::fs::write(&file, "KEPT=1").unwrap();
    run(&[]);
    let second = std::fs::read_to_string(&file).unwrap();
    assert!(second.starts_with("KEPT=1\nAWS_CONFIG_FILE="), "{second}");
}

#[test]
fn env_github_appends_to_the_file_of_the_workflow() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    m:\n      kind: mock\n      \
         default: true\n      via: { provider: p }\n      env:\n        \
         - { key: NOTE, value: \"one\\nEOF\\nPATH=/evil\" }\n",
    );
    let file = home.temporary().join("github-env");
    std::fs::write(&file, "").unwrap();
    let run = || {
        let output = adieu(&home)
            .args(["env", "-f", "github", "--allow-variable", "NOTE"])
            .env("GITHUB_ENV", &file)
            .run()
            .success();
        assert_eq!(output.stdout, "");
        std::fs::read_to_string(&file).unwrap()
    };
    let text = run();
    let end = text.split_once("NOTE<<").unwrap().1.lines().next().unwrap();
    assert_eq!(
        text,
        format!("ATMOS_IDENTITY=m\nMOCK_IDENTITY=m\nNOTE<<{end}\none\nEOF\nPATH=/evil\n{end}\n")
    );
    // Another delimiter each time.
    assert_eq!(run().matches(end).count(), 2);
}

/// A shell that evaluated `adieu env -i ledger-admin`, and has variables of its owner's.
fn shell_of_admin(home: &Home) -> adieu_testkit::Adieu {
    let directory = home.join(".config/atmos/meridian/aws/meridian-sso");
    adieu(home)
        .env("AWS_PROFILE", "ledger-admin")
        .env("AWS_CONFIG_FILE", directory.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", directory.join("credentials"))
        .env("AWS_REGION", "eu-central-1")
        .env("TF_VAR_stage", "own")
        .arg("env")
}

#[test]
fn unset_takes_away_what_points_at_the_identity() {
    let home = signed_in();
    let shown = |arguments: &[&str]| shell_of_admin(&home).args(arguments).run().success();
    assert_snapshot!(shown(&["--unset", "ledger-admin"]), @r#"
    $ adieu env --unset ledger-admin
    exit 0
    --- stdout
    unset AWS_CONFIG_FILE
    unset AWS_PROFILE
    unset AWS_REGION
    unset AWS_SHARED_CREDENTIALS_FILE
    --- stderr
    "#);
    assert_snapshot!(shown(&["--unset", "ledger-readonly"]), @r#"
    $ adieu env --unset ledger-readonly
    exit 0
    --- stdout
    --- stderr
    No variable that is set here points at what is configured.
    "#);
    assert_eq!(
        shown(&["--unset"]).stdout,
        shown(&["--unset", "ledger-admin"]).stdout
    );
}

#[test]
fn unset_in_every_syntax() {
    let home = signed_in();
    let shown = |format: &str| {
        let output = shell_of_admin(&home).args(["-f", format, "--unset"]).run();
        output.success().stdout
    };
    assert_snapshot!(shown("fish"), @r#"
    set -e AWS_CONFIG_FILE
    set -e AWS_PROFILE
    set -e AWS_REGION
    set -e AWS_SHARED_CREDENTIALS_FILE
    "#);
    assert_snapshot!(shown("powershell"), @r#"
    Remove-Item Env:AWS_CONFIG_FILE -ErrorAction SilentlyContinue
    Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue
    Remove-Item Env:AWS_REGION -ErrorAction SilentlyContinue
    Remove-Item Env:AWS_SHARED_CREDENTIALS_FILE -ErrorAction SilentlyContinue
    "#);
    assert_snapshot!(shown("github"), @r#"
    AWS_CONFIG_FILE=
    AWS_PROFILE=
    AWS_REGION=
    AWS_SHARED_CREDENTIALS_FILE=
    "#);
    assert_snapshot!(shown("json"), @r#"
    {
      "AWS_CONFIG_FILE": null,
      "AWS_PROFILE": null,
      "AWS_REGION": null,
      "AWS_SHARED_CREDENTIALS_FILE": null
    }
    "#);
}

#[test]
fn unset_all_variables_does_not_look_at_the_shell() {
    let home = signed_in();
    let shown = env(&home, &["--unset", "ledger-readonly", "--all-variables"]);
    assert_snapshot!(shown, @r#"
    unset ATMOS_IDENTITY
    unset AWS_CONFIG_FILE
    unset AWS_DEFAULT_REGION
    unset AWS_PROFILE
    unset AWS_REGION
    unset AWS_SHARED_CREDENTIALS_FILE
    unset TF_VAR_stage
    "#);
}

#[test]
fn unset_leaves_the_owners_variables() {
    let home = signed_in();
    let output = adieu(&home)
        .env("AWS_PROFILE", "own")
        .env("AWS_REGION", "eu-central-1")
        .args(["env", "--unset"])
        .run()
        .success();
    assert_snapshot!(output, @r#"
    $ adieu env --unset
    exit 0
    --- stdout
    --- stderr
    No variable that is set here points at what is configured.
    "#);
}

#[test]
fn unset_lines_clear_a_real_shell() {
    let home = signed_in();
    let set = env(&home, &["-i", "ledger-admin"]);
    let unset = shell_of_admin(&home).arg("--unset").run().success().stdout;
    let directory = home.path();
    let unset = unset.replace("$HOME", directory.to_str().unwrap());
    let print = "printf '%s' \"${AWS_PROFILE-}${AWS_CONFIG_FILE-}${AWS_REGION-}\"";
    assert_ne!(shell("bash", &format!("{set}\n{print}")).unwrap(), "");
    assert_eq!(
        shell("bash", &format!("{set}\n{unset}\n{print}")).unwrap(),
        ""
    );
}

/// Names that are plain in themselves, filled from the person's environment by a repository.
const FILLED: &str = "AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE ATMOS_STACK STACK STAGE GOOGLE_CLOUD_PROJECT \
    GOOGLE_CLOUD_ZONE AZURE_LOCATION ARM_SUBSCRIPTION_ID TF_VAR_region ENVIRONMENT";

#[test]
fn env_prints_nothing_that_a_repository_took_from_the_environment() {
    let list: Vec<String> = FILLED
        .split_whitespace()
        .map(|name| format!("{{ key: {name}, value: !env TAKEN }}"))
        .collect();
    let list = list.join(", ");
    let aws = "kind: aws/permission-set, principal: { name: A, account: { name: b } }";
    let aws_provider = "kind: aws/iam-identity-center, start_url: \"https://x.example/start\"";
    let forms = [
        format!("providers: {{ p: {{ {aws_provider}, region: us-east-1 }} }}, identities: {{ i: {{ {aws}, via: {{ provider: p }}, env: [{list}] }} }}"),
        format!("providers: {{ p: {{ {aws_provider}, region: !env TAKEN }} }}, identities: {{ i: {{ {aws}, via: {{ provider: p }} }} }}"),
        "providers: { p: { kind: gcp/adc, spec: { project_id: !env TAKEN, region: !env TAKEN } } }, identities: { i: { kind: gcp/project, via: { provider: p }, principal: { project_id: !env TAKEN, region: !env TAKEN, zone: !env TAKEN } } }".to_owned(),
        "providers: { p: { kind: azure/cli, spec: { tenant_id: x } } }, identities: { i: { kind: azure/subscription, via: { provider: p }, principal: { subscription_id: !env TAKEN, location: !env TAKEN, resource_group: !env TAKEN } } }".to_owned(),
    ];
    for form in forms {
        for value in ["FAKE-taken", "fake9taken"] {
            for format in [
                "bash",
                "fish",
                "powershell",
                "dotenv",
                "env",
                "github",
                "json",
            ] {
                let home = Home::new();
                home.atmos_yaml(&format!("auth: {{ realm: acme, {form} }}"));
                let output = adieu(&home)
                    .env("TAKEN", value)
                    .args(["env", "-i", "i", "-f", format])
                    .run()
                    .success();
                let told = output.to_string();
                assert!(!told.contains(value), "{form}, {format}: {told}");
                assert!(
                    !output.stdout.contains("$TAKEN"),
                    "{form}, {format}: {told}"
                );
                assert!(
                    output.stderr.contains("left out"),
                    "{form}, {format}: {told}"
                );
            }
        }
    }
}

#[test]
fn env_takes_a_region_from_the_environment_if_it_is_one() {
    let home = Home::new();
    home.atmos_yaml(
        "auth: { realm: acme, providers: { p: { kind: aws/iam-identity-center, start_url: \"https://x.example\", \
         region: !env HOME_REGION } }, identities: { i: { kind: aws/permission-set, via: { provider: p }, \
         principal: { name: A, account: { name: b } } } } }",
    );
    let output = adieu(&home)
        .env("HOME_REGION", "eu-west-3")
        .args(["env", "-i", "i", "-f", "dotenv"])
        .run()
        .success();
    assert!(output.stdout.contains("AWS_REGION=eu-west-3"), "{output}");
}
