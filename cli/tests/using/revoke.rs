//! `adieu revoke --deactivate-keys`, `--delete-keys` and `--revoke-role-sessions`: what is asked, what is done
//! at AWS, and the proof.

use adieu_testkit::{Adieu, AwsSession, Home, Tree};

use crate::aws::Aws;
use crate::support::adieu;

const USER: &str = "arn:aws:iam::210000000001:user/ci";
const ROLE: &str = "arn:aws:sts::210000000001:assumed-role/deployer/ana";

/// A configured user, a profile of the AWS CLI with another key, and a role that was assumed.
fn place() -> (Home, Aws) {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  identities:\n    ci:\n      kind: aws/user\n      credentials:\n        \
         access_key_id: FAKE-KEY-CI-0001\n        secret_access_key: FAKE-secret-ci\n        region: eu-central-1\n    \
         deployer:\n      kind: aws/assume-role\n      via: {identity: ci}\n      principal: {assume_role: \
         'arn:aws:iam::210000000001:role/team/deployer'}\n    again:\n      kind: aws/assume-role\n      \
         via: {identity: deployer}\n      principal: {assume_role: 'arn:aws:iam::210000000002:role/x'}\n",
    );
    home.write(
        ".aws/credentials",
        "[old]\naws_access_key_id = FAKE-KEY-OLD-0002\naws_secret_access_key = FAKE-secret-old\n\n\
         [temporary]\naws_access_key_id = FAKE-KEY-TMP-0003\naws_secret_access_key = FAKE-secret\n\
         aws_session_token = FAKE-token\n",
    );
    home.aws_session(&AwsSession::new("acme", "ci", "deployer"));
    let aws = Aws::start();
    aws.knows("FAKE-KEY-CI-0001", USER)
        .knows("FAKE-KEY-OLD-0002", "arn:aws:iam::210000000001:user/old")
        .knows("FAKE-key-deployer", ROLE);
    let mut known = aws.known.lock().unwrap();
    known.keys.get_mut("FAKE-KEY-CI-0001").unwrap().last_used = Some("2026-11-20T10:11:00Z");
    drop(known);
    (home, aws)
}

fn revoke(home: &Home, aws: &Aws, words: &str) -> Adieu {
    adieu(home, "revoke")
        .args(words.split_whitespace())
        .env("AWS_ENDPOINT_URL", aws.server.url())
}

fn status(aws: &Aws, id: &str) -> &'static str {
    aws.known.lock().unwrap().keys[id].status
}

fn actions(aws: &Aws) -> Vec<String> {
    aws.calls().into_iter().map(|(action, _)| action).collect()
}

#[test]
fn keys_are_retired_by_themselves_and_refused_afterwards() {
    for (words, id, expected) in [
        (
            "ci --deactivate-keys --force",
            "FAKE-KEY-CI-0001",
            "Inactive",
        ),
        ("ci --delete-keys --force", "FAKE-KEY-CI-0001", "Deleted"),
        (
            "old --deactivate-keys --force",
            "FAKE-KEY-OLD-0002",
            "Inactive",
        ),
        (
            "aws:old --delete-keys --force",
            "FAKE-KEY-OLD-0002",
            "Deleted",
        ),
    ] {
        let (home, aws) = place();
        let output = revoke(&home, &aws, words).run().success();
        assert_eq!(status(&aws, id), expected, "{output}");
        assert!(output.stdout.contains("AWS refuses it now"), "{output}");
        let deed = if expected == "Deleted" {
            "DeleteAccessKey"
        } else {
            "UpdateAccessKey"
        };
        assert_eq!(
            actions(&aws),
            [
                "GetAccessKeyLastUsed",
                "GetCallerIdentity",
                deed,
                "GetCallerIdentity"
            ],
            "{words}"
        );
        assert!(aws.calls().iter().all(|(_, key)| key == id));
        for secret in ["FAKE-secret", "FAKE-KEY"] {
            assert!(!output.to_string().contains(secret), "{output}");
        }
        let others = aws.known.lock().unwrap();
        let untouched = others.keys.iter().filter(|(key, _)| *key != id);
        assert!(untouched.clone().all(|(_, key)| key.status == "Active"));
        drop(others);
        let trail = adieu(&home, "audit show -o json").run().success();
        assert!(trail.stdout.contains("IAM, key that ends with"), "{trail}");
        adieu(&home, "audit verify").run().success();
        // A second run finds nothing to do.
        let again = revoke(&home, &aws, words).run().success();
        assert!(
            again.stdout.contains("AWS does not take it any more"),
            "{again}"
        );
    }
}

#[test]
fn last_use_is_said_before_anything_is_done() {
    let (home, aws) = place();
    let before = Tree::of(home.root());
    let output = revoke(&home, &aws, "ci old --deactivate-keys --dry-run")
        .run()
        .success();
    for text in [
        "The key that ends with 0001 (atmos.yaml, identity \"ci\")",
        "The key that ends with 0002 (~/.aws/credentials, profile old)",
        "last used: not known, because a dry run asks nobody",
    ] {
        assert!(output.stderr.contains(text), "{text}: {output}");
    }
    assert!(
        output.stdout.contains("it would be deactivated"),
        "{output}"
    );
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(actions(&aws), Vec::<String>::new());
    // Who is asked hears it first.
    let output = revoke(&home, &aws, "ci old --deactivate-keys")
        .run()
        .code(2);
    for text in [
        "whose: arn:aws:iam::210000000001:user/ci",
        "last used: 2026-11-20 10:11 UTC (s3 in eu-central-1)",
        "last used: never",
        "othing was changed",
    ] {
        assert!(output.stderr.contains(text), "{text}: {output}");
    }
    before.assert_same(&Tree::of(home.root()));
    assert!(actions(&aws).iter().all(|action| action.starts_with("Get")));
    // Nobody can be asked: nothing is done.
    let output = revoke(&home, &aws, "ci --delete-keys")
        .stdin("y\n")
        .run()
        .code(2);
    assert!(output.stderr.contains("othing was changed"), "{output}");
    assert_eq!(status(&aws, "FAKE-KEY-CI-0001"), "Active");
}

#[test]
fn what_aws_refuses_or_does_not_do_is_a_failure() {
    for (refused, message) in [
        (vec!["UpdateAccessKey"], "not authorized to perform"),
        (
            vec!["UpdateAccessKey", "GetAccessKeyLastUsed"],
            "last used: not known, because",
        ),
    ] {
        let (home, aws) = place();
        aws.known.lock().unwrap().refused = refused;
        let output = revoke(&home, &aws, "ci --deactivate-keys --force")
            .run()
            .code(1);
        assert!(output.to_string().contains(message), "{output}");
        assert_eq!(status(&aws, "FAKE-KEY-CI-0001"), "Active");
        let document = revoke(&home, &aws, "ci --deactivate-keys --force -o json")
            .run()
            .code(1)
            .json();
        assert_eq!(document["keys"][0]["outcome"], "failed");
        assert_eq!(document["exit_status"], 1);
    }
    // A server that lets an inactive key through, as moto does.
    let (home, aws) = place();
    aws.known.lock().unwrap().is_lenient = true;
    let document = revoke(&home, &aws, "ci --deactivate-keys --force -o json")
        .run()
        .code(1)
        .json();
    assert_eq!(document["keys"][0]["proof"], "accepted");
    assert_eq!(document["keys"][0]["outcome"], "failed");
}

#[test]
fn wrong_names_and_words_end_no_key() {
    for (words, message) in [
        ("--deactivate-keys", "one by one, by name"),
        ("--all --deactivate-keys", "one by one, by name"),
        ("nobody --deactivate-keys", "has no long-lived key here"),
        ("temporary --delete-keys", "has no long-lived key here"),
        ("deployer --delete-keys", "has no long-lived key here"),
        ("ci --delete-keys --deactivate-keys", "cannot be used with"),
        ("ci --revoke-role-sessions", "has no role"),
        ("--revoke-role-sessions", "one role"),
    ] {
        let (home, aws) = place();
        let output = revoke(&home, &aws, words).arg("--force").run().code(2);
        assert!(output.stderr.contains(message), "{words}: {output}");
        assert_eq!(actions(&aws), Vec::<String>::new(), "{words}");
    }
}

#[test]
fn sessions_of_a_role_are_denied_and_it_is_proven() {
    let (home, aws) = place();
    let words = "deployer --revoke-role-sessions";
    let output = revoke(&home, &aws, words).arg("--dry-run").run().success();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-21T08:30:00Z"}}}]}"#;
    assert!(output.stderr.contains(policy), "{output}");
    for text in ["not only yours", "Of atmos.yaml it hits: deployer, again"] {
        assert!(output.stderr.contains(text), "{text}: {output}");
    }
    assert_eq!(actions(&aws), Vec::<String>::new());
    let output = revoke(&home, &aws, words).stdin("y\n").run().code(2);
    assert!(output.stderr.contains("othing was changed"), "{output}");
    let output = revoke(&home, &aws, words).arg("--force").run().success();
    assert!(output.stdout.contains("is refused now"), "{output}");
    assert_eq!(actions(&aws), ["PutRolePolicy", "ListRolePolicies"]);
    let put = aws.known.lock().unwrap().policies.clone();
    let expected = ("deployer", "AWSRevokeOlderSessions", policy);
    assert_eq!(
        put,
        [(
            expected.0.to_owned(),
            expected.1.to_owned(),
            expected.2.to_owned()
        )]
    );
    adieu(&home, "audit verify").run().success();
    // It is denied to the one that asks, too.
    let document = revoke(&home, &aws, words)
        .args(["--force", "-o", "json"])
        .run()
        .code(1)
        .json();
    assert_eq!(document["outcome"], "failed");
}
