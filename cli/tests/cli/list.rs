//! `adieu list`.

use adieu_testkit::{AwsSession, Home, Tree};
use insta::assert_snapshot;

use crate::support::{adieu, home_with, signed_in};

fn auth_list(home: &Home, arguments: &[&str]) -> String {
    let before = Tree::of(home.root());
    let output = adieu(home).args(["auth", "list"]).args(arguments).run();
    assert_eq!(before, Tree::of(home.root()));
    let output = output.success();
    assert_eq!(output.stderr, "");
    output.stdout
}

#[test]
fn list_tree_has_the_shape_of_atmos_and_the_states() {
    assert_snapshot!(auth_list(&signed_in(), &[]), @r#"
    Authentication Configuration
    └──meridian-sso (aws/iam-identity-center) ● live, expires in 7 h 45 min
       ├──Region: eu-central-1
       ├──Start URL: https://meridian.awsapps.com/start
       ├──Session
       │  └──Duration: 8h
       └──Identities
          ├──● ledger-admin (aws/permission-set) [DEFAULT] live, expires in 36 min
          │  ├──Principal
          │  │  ├──account
          │  │  │  └──id: 210000000001
          │  │  └──name: AdministratorAccess
          │  └──● ledger-deployer (aws/assume-role) live, expires in 10 min
          │     └──Principal
          │        ├──assume_role: arn:aws:iam::210000000002:role/deployer
          │        ├──duration: 30m
          │        ├──external_id: quay-77
          │        └──session_name: deploy session #1
          └──● ledger-readonly (aws/permission-set) expired
             └──Principal
                ├──account
                │  └──name: ledger-staging
                ├──name: ViewOnly
                └──region: eu-west-3
    "#);
}

#[test]
fn list_tree_puts_standalone_identities_apart() {
    assert_snapshot!(auth_list(&home_with("03-aws-user-saml-root.yaml"), &[]), @r#"
    Authentication Configuration
    ├──atelier-okta (aws/saml)
    │  ├──Region: us-east-2
    │  ├──URL: https://atelier.okta.example/app/aws/exk000/sso/saml
    │  ├──Username: painter@atelier.example
    │  ├──Session
    │  │  └──Duration: 2h
    │  └──Identities
    │     └──● gallery-role (aws/assume-role) signed out
    │        └──Principal
    │           └──assume_role: arn:aws:iam::440000000002:role/gallery
    └──Standalone Identities
       ├──● easel-keys (aws/user) signed out
       │  └──● vault-root (aws/assume-root) signed out
       │     └──Principal
       │        ├──duration: 15m
       │        ├──target_principal: 440000000003
       │        └──task_policy_arn: arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials
       └──● easel-browser (aws/user) signed out
    "#);
}

#[test]
fn list_tree_names_what_comes_from_the_environment() {
    let shown = auth_list(&home_with("05-gcp.yaml"), &[]);
    assert_snapshot!(shown, @r#"
    Authentication Configuration
    ├──sundial-adc (gcp/adc)
    │  └──Identities
    │     ├──● gnomon (gcp/project) [DEFAULT] from the environment
    │     │  └──Principal
    │     │     ├──project_id: sundial-sandbox
    │     │     ├──region: europe-west4
    │     │     └──zone: europe-west4-b
    │     └──● almanac (gcp/service-account) from the environment
    │        └──Principal
    │           ├──lifetime: 1800s
    │           ├──project_id: sundial-sandbox
    │           └──service_account_email: almanac@sundial-sandbox.iam.gserviceaccount.com
    └──sundial-wif (gcp/workload-identity-federation)
       └──Identities
          └──● analemma (gcp/service-account) from the environment
             └──Principal
                ├──delegates: [hop@sundial-ci.iam.gserviceaccount.com]
                └──service_account_email: deploy@sundial-ci.iam.gserviceaccount.com
    "#);
}

#[test]
fn list_tree_shows_broken_chains() {
    let cycle = adieu(&home_with("20-invalid-cycle.yaml"))
        .args(["auth", "list"])
        .run();
    assert_snapshot!(cycle, @r#"
    $ adieu auth list
    exit 0
    --- stdout
    Authentication Configuration
    ├──ouro-sso (aws/iam-identity-center)
    │  ├──Region: us-east-1
    │  ├──Start URL: https://ouro.awsapps.com/start
    │  └──Identities
    │     └──● healthy (aws/permission-set) signed out
    │        └──Principal
    │           ├──account
    │           │  └──id: 880000000001
    │           └──name: ReadOnly
    └──Broken Chains
       ├──● head (aws/assume-role) signed out
       │  ├──Via identity: tail
       │  └──Principal
       │     └──assume_role: arn:aws:iam::880000000001:role/head
       ├──● body (aws/assume-role) signed out
       │  ├──Via identity: head
       │  └──Principal
       │     └──assume_role: arn:aws:iam::880000000001:role/body
       └──● tail (aws/assume-role) signed out
          ├──Via identity: body
          └──Principal
             └──assume_role: arn:aws:iam::880000000001:role/tail
    --- stderr
    warning: the configuration has 1 problem; the healthy parts are used
      hint: see them all with: adieu validate
    "#);
    let missing = adieu(&home_with("21-invalid-missing-links.yaml"))
        .args(["auth", "list"])
        .run();
    assert_snapshot!(missing.stdout, @r#"
    Authentication Configuration
    ├──Real-SSO (aws/iam-identity-center)
    │  ├──Region: us-east-1
    │  ├──Start URL: https://real.awsapps.com/start
    │  └──Identities
    │     └──● case-trap (aws/permission-set) signed out
    │        └──Principal
    │           ├──account
    │           │  └──id: 880000000002
    │           └──name: ReadOnly
    └──Broken Chains
       ├──● lost-provider (aws/permission-set) signed out
       │  ├──Via provider: phantom-sso (missing)
       │  └──Principal
       │     ├──account
       │     │  └──id: 880000000002
       │     └──name: ReadOnly
       └──● lost-identity (aws/assume-role) signed out
          ├──Via identity: nobody (missing)
          └──Principal
             └──assume_role: arn:aws:iam::880000000002:role/x
    "#);
}

#[test]
fn list_table_has_headings_and_states() {
    assert_snapshot!(auth_list(&signed_in(), &["--format", "table"]), @r#"
    PROVIDERS
       NAME          KIND                     REGION        START URL / URL                     DEFAULT  STATE
    ●  meridian-sso  aws/iam-identity-center  eu-central-1  https://meridian.awsapps.com/start           live, expires in 7 h 45 min

    IDENTITIES
       NAME             KIND                ACCOUNT         ROLE                 VIA PROVIDER  VIA IDENTITY  DEFAULT  ALIAS  EXPIRES
    ●  ledger-admin     aws/permission-set  210000000001    AdministratorAccess  meridian-sso  -             ✓        -      live, expires in 36 min
    ●  ledger-readonly  aws/permission-set  ledger-staging  ViewOnly             meridian-sso  -                      -      expired
    ●  ledger-deployer  aws/assume-role     210000000002    deployer             -             ledger-admin           -      live, expires in 10 min
    "#);
}

#[test]
fn list_graphviz_is_as_recorded() {
    assert_snapshot!(auth_list(&signed_in(), &["-f", "graphviz"]), @r#"
    digraph AuthConfig {
      rankdir=LR;
      node [shape=box, style=rounded];

      "meridian-sso" [label="meridian-sso\n(aws/iam-identity-center)"];

      "ledger-admin" [label="ledger-admin\n(aws/permission-set)", style="rounded,filled", fillcolor=lightgreen];
      "meridian-sso" -> "ledger-admin";
      "ledger-readonly" [label="ledger-readonly\n(aws/permission-set)"];
      "meridian-sso" -> "ledger-readonly";
      "ledger-deployer" [label="ledger-deployer\n(aws/assume-role)"];
      "ledger-admin" -> "ledger-deployer";
    }
    "#);
}

#[test]
fn list_mermaid_and_markdown_are_as_recorded() {
    let home = signed_in();
    let mermaid = auth_list(&home, &["-f", "mermaid"]);
    let markdown = auth_list(&home, &["-f", "md"]);
    let fenced = format!("# Authentication Configuration\n\n```mermaid\n{mermaid}```\n");
    assert_eq!(markdown, fenced);
    assert_snapshot!(mermaid, @r#"
    graph LR
      meridian_sso["meridian-sso<br/>aws/iam-identity-center"]
      ledger_admin["ledger-admin<br/>aws/permission-set"]
      ledger_readonly["ledger-readonly<br/>aws/permission-set"]
      ledger_deployer["ledger-deployer<br/>aws/assume-role"]
      meridian_sso --> ledger_admin
      meridian_sso --> ledger_readonly
      ledger_admin --> ledger_deployer

      classDef provider fill:#e3f2fd,stroke:#1976d2,stroke-width:2px
      classDef identity fill:#e8f5e9,stroke:#388e3c,stroke-width:2px
      classDef default stroke:#ff9800,stroke-width:3px


      class meridian_sso provider
      class ledger_admin identity
      class ledger_readonly identity
      class ledger_deployer identity
      class ledger_admin default
    "#);
}

#[test]
fn list_configuration_as_json_has_states() {
    assert_snapshot!(auth_list(&signed_in(), &["-f", "json"]), @r#"
    {
      "schema_version": 1,
      "identities": {
        "ledger-admin": {
          "kind": "aws/permission-set",
          "default": true,
          "via": {
            "provider": "meridian-sso"
          },
          "principal": {
            "name": "AdministratorAccess",
            "account": {
              "id": "210000000001"
            }
          },
          "spec": {
            "endpoint_url": "http://127.0.0.1:18081"
          },
          "tags": [
            "prod"
          ],
          "state": "live",
          "expires_at": "2026-11-21T09:06:11Z"
        },
        "ledger-readonly": {
          "kind": "aws/permission-set",
          "via": {
            "provider": "meridian-sso"
          },
          "principal": {
            "name": "ViewOnly",
            "region": "eu-west-3",
            "account": {
              "name": "ledger-staging"
            }
          },
          "env": [
            {
              "key": "TF_VAR_stage",
              "value": "staging"
            }
          ],
          "state": "expired",
          "expires_at": "2026-11-21T08:00:00Z"
        },
        "ledger-deployer": {
          "kind": "aws/assume-role",
          "via": {
            "identity": "ledger-admin"
          },
          "principal": {
            "assume_role": "arn:aws:iam::210000000002:role/deployer",
            "external_id": "quay-77",
            "duration": "30m",
            "session_name": "deploy session #1"
          },
          "state": "live",
          "expires_at": "2026-11-21T08:40:00Z"
        }
      },
      "providers": {
        "meridian-sso": {
          "kind": "aws/iam-identity-center",
          "start_url": "https://meridian.awsapps.com/start",
          "region": "eu-central-1",
          "session": {
            "duration": "8h"
          },
          "console": {
            "session_duration": "4h"
          },
          "tags": [
            "corp",
            "prod"
          ],
          "spec": {
            "endpoint_url": "http://127.0.0.1:18080"
          },
          "state": "live",
          "expires_at": "2026-11-21T16:15:00Z"
        }
      }
    }
    "#);
}

#[test]
fn list_configuration_as_yaml_says_the_same() {
    assert_snapshot!(auth_list(&signed_in(), &["-f", "yaml"]), @r#"
    schema_version: 1
    identities:
        ledger-admin:
            kind: aws/permission-set
            default: true
            via:
                provider: meridian-sso
            principal:
                name: AdministratorAccess
                account:
                    id: "210000000001"
            spec:
                endpoint_url: http://127.0.0.1:18081
            tags:
                - prod
            state: live
            expires_at: "2026-11-21T09:06:11Z"
        ledger-readonly:
            kind: aws/permission-set
            via:
                provider: meridian-sso
            principal:
                name: ViewOnly
                region: eu-west-3
                account:
                    name: ledger-staging
            env:
                - key: TF_VAR_stage
                  value: staging
            state: expired
            expires_at: "2026-11-21T08:00:00Z"
        ledger-deployer:
            kind: aws/assume-role
            via:
                identity: ledger-admin
            principal:
                assume_role: arn:aws:iam::210000000002:role/deployer
                external_id: quay-77
                duration: "30m"
                session_name: "deploy session #1"
            state: live
            expires_at: "2026-11-21T08:40:00Z"
    providers:
        meridian-sso:
            kind: aws/iam-identity-center
            start_url: https://meridian.awsapps.com/start
            region: eu-central-1
            session:
                duration: "8h"
            console:
                session_duration: "4h"
            tags:
                - corp
                - prod
            spec:
                endpoint_url: http://127.0.0.1:18080
            state: live
            expires_at: "2026-11-21T16:15:00Z"
    "#);
}

#[test]
fn list_configuration_hides_every_secret() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    saml:\n      kind: aws/saml\n      \
         url: https://ana:FAKE-in-url@idp.example/saml\n      region: us-east-1\n      \
         username: ana\n      password: FAKE-word\n      spec:\n        client_secret: FAKE-client\n        \
         nested: { api_token: [FAKE-one, FAKE-two], private: { x: FAKE-three } }\n        \
         api_key: FAKE-api\n        headers: { Authorization: Bearer FAKE-bearer }\n  identities:\n    \
         user:\n      kind: aws/user\n      credentials:\n        access_key_id: FAKE-id\n        \
         secret_access_key: FAKE-key\n      env:\n        - { key: DB_PASSWORD, value: FAKE-env }\n        \
         - { key: DB_HOST, value: shown-host }\n    role:\n      kind: aws/assume-role\n      \
         via: { provider: saml }\n      principal: { assume_role: shown-role, external_id: shown-external }\n",
    );
    for format in ["json", "yaml", "tree", "table", "dot", "md"] {
        let shown = auth_list(&home, &["--format", format]);
        assert!(!shown.contains("FAKE"), "{shown}");
    }
    let json = auth_list(&home, &["--format", "json"]);
    for kept in ["shown-host", "DB_PASSWORD", "\"ana\"", "idp.example"] {
        assert!(json.contains(kept), "{kept}: {json}");
    }
}

#[test]
fn list_status_document_is_the_same_by_flag_and_format() {
    let home = signed_in();
    let by_output = adieu(&home).args(["list", "-o", "json"]).run().success();
    let by_format = adieu(&home).args(["list", "-f", "json"]).run().success();
    assert_eq!(by_output.stdout, by_format.stdout);
    let json = by_output.json();
    assert_eq!(json["schema_version"], 1);
    let sessions = json["sessions"].as_array().unwrap();
    let states: Vec<(&str, &str)> = sessions
        .iter()
        .map(|s| {
            (
                s["identity"].as_str().unwrap_or("-"),
                s["state"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            ("-", "live"),
            ("ledger-admin", "live"),
            ("ledger-readonly", "expired"),
            ("ledger-deployer", "live"),
        ]
    );
    assert_eq!(sessions[3]["expires_at"], "2026-11-21T08:40:00Z");
    let contradiction = adieu(&home)
        .args(["list", "-o", "json", "-f", "tree"])
        .run();
    contradiction.code(2);
}

#[test]
fn list_selectors_leave_what_they_name_and_the_way_to_it() {
    let home = signed_in();
    let shown = adieu(&home)
        .args(["list", "ledger-deployer"])
        .run()
        .success();
    assert_snapshot!(shown.stdout, @r#"
    Authentication Configuration
    └──meridian-sso (aws/iam-identity-center) ● live, expires in 7 h 45 min
       ├──Region: eu-central-1
       ├──Start URL: https://meridian.awsapps.com/start
       ├──Session
       │  └──Duration: 8h
       └──Identities
          └──● ledger-admin (aws/permission-set) [DEFAULT] live, expires in 36 min
             ├──Principal
             │  ├──account
             │  │  └──id: 210000000001
             │  └──name: AdministratorAccess
             └──● ledger-deployer (aws/assume-role) live, expires in 10 min
                └──Principal
                   ├──assume_role: arn:aws:iam::210000000002:role/deployer
                   ├──duration: 30m
                   ├──external_id: quay-77
                   └──session_name: deploy session #1
    "#);
    let table = adieu(&home)
        .args(["list", "ledger-deployer", "-f", "table"])
        .run();
    assert_eq!(table.success().stdout.matches("ledger-deployer").count(), 1);
    adieu(&home).args(["list", "nobody"]).run().code(2);
}

#[test]
fn list_providers_or_identities_only() {
    let home = signed_in();
    assert_snapshot!(auth_list(&home, &["--providers"]), @r#"
    Authentication Configuration
    └──meridian-sso (aws/iam-identity-center) ● live, expires in 7 h 45 min
       ├──Region: eu-central-1
       ├──Start URL: https://meridian.awsapps.com/start
       └──Session
          └──Duration: 8h
    "#);
    let json = auth_list(&home, &["--identities=ledger-admin", "-f", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.get("providers").is_none());
    assert_eq!(json["identities"].as_object().unwrap().len(), 1);
    let unknown = adieu(&home)
        .args(["auth", "list", "--providers=meridian"])
        .run();
    assert_snapshot!(unknown, @r#"
    $ adieu auth list --providers=meridian
    exit 2
    --- stdout
    --- stderr
    Error: provider not found: "meridian"

    Available:
      • meridian-sso

    Did you mean 'meridian-sso'?
    "#);
    adieu(&home)
        .args(["auth", "list", "--providers", "--identities"])
        .run()
        .code(2);
}

#[test]
fn list_tags_leave_what_has_one() {
    let home = signed_in();
    let shown = auth_list(&home, &["--tags", "prod", "-f", "table"]);
    assert!(
        shown.contains("ledger-admin") && !shown.contains("ledger-readonly"),
        "{shown}"
    );
    let unknown = adieu(&home).args(["auth", "list", "--tags", "nope"]).run();
    assert_snapshot!(unknown, @r#"
    $ adieu auth list --tags nope
    exit 2
    --- stdout
    --- stderr
    Error: nothing has the tag "nope"

    Available tags:
      • corp
      • prod
    "#);
}

#[test]
fn list_machine_has_a_branch_for_what_is_not_configured() {
    let home = signed_in();
    home.aws_session(&AwsSession::new("elsewhere", "old-sso", "forgotten"));
    let shown = adieu(&home).arg("list").run().success();
    let branch = shown.stdout.split("└──Not configured").nth(1).unwrap();
    assert_snapshot!(branch, @r"
    └──AWS
       └──● forgotten (aws) in realm elsewhere live, expires in over a year
    ");
    assert!(!auth_list(&home, &[]).contains("forgotten"));
}

#[test]
fn list_without_configuration_is_an_error_for_auth_only() {
    let home = Home::new();
    assert_snapshot!(adieu(&home).args(["auth", "list"]).run(), @r#"
    $ adieu auth list
    exit 2
    --- stdout
    --- stderr
    Error: no atmos.yaml was found

    Change into the directory of the configuration, or name it with --config FILE.
    See what is signed in on this machine all the same: adieu list
    "#);
    assert_snapshot!(adieu(&home).arg("list").run(), @r#"
    $ adieu list
    exit 0
    --- stdout
    Authentication Configuration
    └──nothing to list
    --- stderr
    "#);
}

#[test]
fn list_long_chain_ends_with_a_word_about_the_rest() {
    let links = (1..2000).map(|at| {
        format!(
            "    i{at}: {{ kind: aws/assume-role, via: {{ identity: i{} }}, principal: {{ \
             assume_role: \"arn:aws:iam::210000000002:role/x\" }} }}\n",
            at - 1
        )
    });
    let text = "auth:\n  identities:\n    i0: { kind: aws/user }\n".to_owned()
        + &links.collect::<String>();
    let home = Home::new();
    home.atmos_yaml(&text);
    let shown = auth_list(&home, &[]);
    assert!(shown.contains("the chain goes on"), "{shown}");
    assert!(shown.len() < 20_000);
}

#[test]
fn list_hostile_names_break_out_of_no_form() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    \"p\\\"]; evil [\\n```\": { kind: mock }\n  identities:\n    \
         \"i\\\"; -> \\\\\\n<script>\": { kind: mock, via: { provider: \"p\\\"]; evil [\\n```\" } }\n    \
         \"end\": { kind: mock, via: { provider: \"p\\\"]; evil [\\n```\" } }\n    \
         a-b: { kind: mock, via: { provider: \"p\\\"]; evil [\\n```\" } }\n    \
         a_b: { kind: mock, via: { provider: \"p\\\"]; evil [\\n```\" } }\n",
    );
    assert_snapshot!(auth_list(&home, &["-f", "dot"]), @r#"
    digraph AuthConfig {
      rankdir=LR;
      node [shape=box, style=rounded];

      "p\"]; evil [\\u{a}```" [label="p\"]; evil [\\u{a}```\n(mock)"];

      "i\"; -> \\\\u{a}<script>" [label="i\"; -> \\\\u{a}<script>\n(mock)"];
      "p\"]; evil [\\u{a}```" -> "i\"; -> \\\\u{a}<script>";
      "end" [label="end\n(mock)"];
      "p\"]; evil [\\u{a}```" -> "end";
      "a-b" [label="a-b\n(mock)"];
      "p\"]; evil [\\u{a}```" -> "a-b";
      "a_b" [label="a_b\n(mock)"];
      "p\"]; evil [\\u{a}```" -> "a_b";
    }
    "#);
    assert_snapshot!(auth_list(&home, &["-f", "md"]), @r#"
    # Authentication Configuration

    ```mermaid
    graph LR
      p____evil______["p#34;]#59; evil [#92;u{a}#96;#96;#96;<br/>mock"]
      i_________script_["i#34;#59; -#62; #92;#92;u{a}#60;script#62;<br/>mock"]
      end_2["end<br/>mock"]
      a_b["a-b<br/>mock"]
      a_b_2["a_b<br/>mock"]
      p____evil______ --> i_________script_
      p____evil______ --> end_2
      p____evil______ --> a_b
      p____evil______ --> a_b_2

      classDef provider fill:#e3f2fd,stroke:#1976d2,stroke-width:2px
      classDef identity fill:#e8f5e9,stroke:#388e3c,stroke-width:2px
      classDef default stroke:#ff9800,stroke-width:3px


      class p____evil______ provider
      class i_________script_ identity
      class end_2 identity
      class a_b identity
      class a_b_2 identity
    ```
    "#);
    assert_snapshot!(auth_list(&home, &["-f", "yaml"]), @r#"
    schema_version: 1
    identities:
        "i\"; -> \\\n<script>":
            kind: mock
            via:
                provider: "p\"]; evil [\n```"
            state: signed-out
            expires_at: null
        end:
            kind: mock
            via:
                provider: "p\"]; evil [\n```"
            state: signed-out
            expires_at: null
        a-b:
            kind: mock
            via:
                provider: "p\"]; evil [\n```"
            state: signed-out
            expires_at: null
        a_b:
            kind: mock
            via:
                provider: "p\"]; evil [\n```"
            state: signed-out
            expires_at: null
    providers:
        "p\"]; evil [\n```":
            kind: mock
            state: signed-out
            expires_at: null
    "#);
    assert_snapshot!(auth_list(&home, &["-f", "table"]), @r#"
    PROVIDERS
       NAME                 KIND  REGION  START URL / URL  DEFAULT  STATE
    ●  p"]; evil [\u{a}```  mock  -       -                         signed out

    IDENTITIES
       NAME                   KIND  ACCOUNT  ROLE  VIA PROVIDER         VIA IDENTITY  DEFAULT  ALIAS  EXPIRES
    ●  i"; -> \\u{a}<script>  mock  -        -     p"]; evil [\u{a}```  -                      -      signed out
    ●  end                    mock  -        -     p"]; evil [\u{a}```  -                      -      signed out
    ●  a-b                    mock  -        -     p"]; evil [\u{a}```  -                      -      signed out
    ●  a_b                    mock  -        -     p"]; evil [\u{a}```  -                      -      signed out
    "#);
}

/// A repository chooses the variable, and it may hold a secret.
#[test]
fn nothing_that_is_listed_shows_what_a_variable_holds() {
    let home = Home::new();
    let token = "FAKE-GHTOK";
    home.atmos_yaml(
        "auth:\n  realm: !env LOWER\n  providers:\n    sso:\n      kind: aws/iam-identity-center\n      \
         start_url: !env GITHUB_TOKEN\n      region: !env GITHUB_TOKEN\n      \
         tags: [!env GITHUB_TOKEN]\n    saml:\n      kind: !env GITHUB_TOKEN\n      \
         url: !env GITHUB_TOKEN\n      username: !env GITHUB_TOKEN\n  identities:\n    dev:\n      \
         kind: aws/permission-set\n      via: { provider: sso }\n      alias: !env GITHUB_TOKEN\n      \
         principal:\n        name: !env GITHUB_TOKEN\n        account: { id: !env GITHUB_TOKEN }\n      \
         env: [{ key: OWN, value: !env GITHUB_TOKEN }]\n    lost:\n      kind: !env GITHUB_TOKEN\n      \
         via: { provider: !env GITHUB_TOKEN }\n    gone:\n      kind: aws/permission-set\n      \
         via: { identity: !env GITHUB_TOKEN }\n",
    );
    for words in [
        "list",
        "list --format table",
        "list --format json",
        "list --format yaml",
        "list --tags nobody",
        "auth list",
        "auth list --format table",
        "auth list --format json",
        "auth list --format yaml",
        "auth list --format markdown",
        "auth list --format mermaid",
        "auth list --format graphviz",
        "auth list -o json",
        "whoami --offline -i dev",
        "whoami --offline -i dev -o json",
        "whoami --offline -i lost -o json",
        "env -i gone",
        "logout --tags nobody",
    ] {
        let command = adieu(&home).args(words.split(' '));
        let command = command.env("GITHUB_TOKEN", token);
        let output = command.env("LOWER", "fake-ghtok").run().to_string();
        let lower = output.to_ascii_lowercase();
        assert!(!lower.contains("fake-ghtok"), "{words}: {output}");
    }
    let listed = |words: &str| {
        let command = adieu(&home).args(words.split(' '));
        let command = command.env("GITHUB_TOKEN", token);
        command.env("LOWER", "fake-ghtok").run()
    };
    let table = listed("auth list --format table").stdout;
    assert_eq!(table.matches("$GITHUB_TOKEN").count(), 10, "{table}");
    let tree = listed("auth list").stdout;
    assert!(tree.contains("Region: $GITHUB_TOKEN"), "{tree}");
    let document = listed("auth list --format json").json();
    assert_eq!(document["providers"]["saml"]["kind"], "$GITHUB_TOKEN");
    let whoami = listed("whoami --offline -i dev -o json").json();
    assert_eq!(whoami["principal"], "$GITHUB_TOKEN");
    assert_eq!(whoami["realm"], "$LOWER");
    assert_eq!(whoami["region"], "$GITHUB_TOKEN");
    assert_eq!(whoami["environment"]["OWN"], "$GITHUB_TOKEN");
}
