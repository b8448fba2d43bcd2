//! What several identities use, and what only looks like one identity's: the logout of one leaves it.

use adieu_testkit::{AwsSession, Home};
use serde_json::json;

use crate::support::{adieu, auth};

const REGISTRY: &str = "222222222222.dkr.ecr.us-east-1.amazonaws.com";
const KUBECONFIG: &str = ".config/atmos/kube/config";
const USER: &str = "atmos-eks-c1-us-east-1";

const IDENTITIES: &str = "auth:
  realm: acme
  providers:
    sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: https://acme.awsapps.com/start
  identities:
    dev:
      kind: aws/permission-set
      via: { provider: sso }
      principal: { name: Developer, account: { id: \"111111111111\" } }
    prod:
      kind: aws/permission-set
      via: { provider: sso }
      principal: { name: Admin, account: { id: \"222222222222\" } }
";

fn registry(name: &str, identity: &str) -> String {
    format!(
        "    {name}:\n      kind: aws/ecr\n      via: {{ identity: {identity} }}\n      \
         spec: {{ registry: {{ account_id: \"222222222222\", region: us-east-1 }} }}\n"
    )
}

fn cluster(name: &str, identity: &str) -> String {
    format!(
        "    {name}:\n      kind: aws/eks\n      via: {{ identity: {identity} }}\n      \
         spec: {{ cluster: {{ name: c1, region: us-east-1 }} }}\n"
    )
}

/// Both identities signed in, and these integrations.
fn home(integrations: &[String]) -> Home {
    let home = Home::new();
    let integrations = integrations.concat();
    home.atmos_yaml(&format!("{IDENTITIES}  integrations:\n{integrations}"));
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    home.aws_session(&AwsSession::new("acme", "sso", "prod"));
    home
}

/// A kubeconfig with one cluster, whose user's command is told this.
fn kubeconfig(home: &Home, account: &str, exec: &str) -> String {
    let arn = format!("arn:aws:eks:us-east-1:{account}:cluster/c1");
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: {arn}\n  cluster: {{server: https://c1.example.test}}\n\
         - name: lab\n  cluster: {{server: https://lab.example.test}}\ncontexts:\n\
         - name: c1\n  context: {{cluster: \"{arn}\", user: {USER}}}\n\
         - name: lab\n  context: {{cluster: lab, user: lab}}\nusers:\n\
         - name: {USER}\n  user: {{exec: {{command: atmos, {exec}}}}}\n- name: lab\n  user: {{}}\n"
    );
    home.write(KUBECONFIG, &text);
    text
}

#[test]
fn registry_that_two_identities_use_stays_until_both_are_meant() {
    let home = home(&[registry("e2", "dev"), registry("e3", "prod")]);
    home.docker_config(&[REGISTRY]);
    let output = auth(&home, "logout dev --no-revoke").run().success();
    assert!(home.read(".docker/config.json").contains(REGISTRY));
    assert!(output.stdout.contains("also used by prod"), "{output}");
    auth(&home, "logout --provider sso --no-revoke")
        .run()
        .success();
    assert!(!home.read(".docker/config.json").contains(REGISTRY));
}

#[test]
fn registry_that_one_identity_uses_twice_goes_with_it() {
    let home = home(&[registry("e2", "dev"), registry("again", "dev")]);
    home.docker_config(&[REGISTRY]);
    let output = auth(&home, "logout dev --no-revoke").run().success();
    assert!(!home.read(".docker/config.json").contains(REGISTRY));
    assert_eq!(output.stdout.matches(REGISTRY).count(), 1, "{output}");
}

#[test]
fn cluster_that_two_identities_use_stays_until_both_are_meant() {
    let home = home(&[cluster("k1", "dev"), cluster("k2", "prod")]);
    // Neither the command nor the cluster's name tells whose it is.
    let text = kubeconfig(&home, "", "args: [aws, eks, token]");
    auth(&home, "logout dev --no-revoke").run().success();
    assert_eq!(home.read(KUBECONFIG), text);
    auth(&home, "logout --all --no-revoke").run().success();
    assert!(!home.read(KUBECONFIG).contains("c1"));
    assert!(home.read(KUBECONFIG).contains("- name: lab"));
}

#[test]
fn cluster_goes_with_the_identity_that_its_command_names() {
    for exec in [
        "args: [aws, eks, token, --identity=prod]",
        "args: [aws, eks, token, --identity, prod]",
        "args: [aws, eks, token, -i, prod]",
        "args: [aws, eks, token], env: [{name: ATMOS_IDENTITY, value: prod}]",
    ] {
        let home = home(&[cluster("k1", "dev"), cluster("k2", "prod")]);
        let text = kubeconfig(&home, "222222222222", exec);
        auth(&home, "logout dev --no-revoke").run().success();
        assert_eq!(home.read(KUBECONFIG), text, "{exec}");
        auth(&home, "logout prod --no-revoke").run().success();
        assert!(!home.read(KUBECONFIG).contains("c1"), "{exec}");
    }
}

#[test]
fn cluster_of_a_stranger_with_the_same_name_stays() {
    for (account, exec) in [
        // Another repository's identity.
        (
            "111111111111",
            "args: [aws, eks, token, --identity=someone-else]",
        ),
        // A cluster in another account than the identity's.
        ("333333333333", "args: [aws, eks, token, --identity=dev]"),
        ("333333333333", "args: [aws, eks, token]"),
    ] {
        let home = home(&[cluster("k1", "dev")]);
        let text = kubeconfig(&home, account, exec);
        auth(&home, "logout dev --no-revoke").run().success();
        auth(&home, "logout --all --no-revoke").run().success();
        assert_eq!(home.read(KUBECONFIG), text, "{account} {exec}");
    }
}

#[test]
fn user_that_a_strangers_context_uses_stays_with_it() {
    let home = home(&[cluster("k1", "dev")]);
    let text = kubeconfig(&home, "111111111111", "args: [aws, eks, token]");
    let theirs = format!(
        "- name: theirs\n  context: {{cluster: \"arn:aws:eks:us-east-1:333333333333:cluster/c1\", \
         user: {USER}}}\nusers:\n"
    );
    home.write(KUBECONFIG, text.replace("users:\n", &theirs));
    auth(&home, "logout dev --no-revoke").run().success();
    let left = home.read(KUBECONFIG);
    assert!(!left.contains("- name: c1\n"), "{left}");
    assert!(left.contains("- name: theirs\n"), "{left}");
    assert!(left.contains(&format!("- name: {USER}\n")), "{left}");
}

/// A role of the portal that no identity is configured for: a profile of the person's own.
#[test]
fn role_keys_of_an_own_profile_are_the_providers_not_an_identitys() {
    // SHA-1 of {"accountId":"333333333333","roleName":"Admin","startUrl":"https://acme.awsapps.com/start"}.
    let own = ".aws/cli/cache/4c3baf93bfbab59a9b7e348b5a09ea5a72a63bab.json";
    let home = home(&[]);
    home.write(
        ".aws/config",
        "[profile y]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n\
         sso_account_id = 333333333333\nsso_role_name = Admin\n",
    );
    let keys = json!({"Credentials": {"AccessKeyId": "FAKE", "SecretAccessKey": "FAKE",
                      "SessionToken": "FAKE", "Expiration": "2099-01-01T00:00:00Z"}});
    home.write(own, keys.to_string());
    let output = auth(&home, "logout dev --no-revoke").run().success();
    assert!(home.has(own), "{output}");
    assert!(
        !output.stdout.contains("role credentials of dev"),
        "{output}"
    );
    let output = adieu(&home)
        .args(["auth", "logout", "--provider", "sso", "--no-revoke"])
        .run()
        .success();
    assert!(!home.has(own), "{output}");
}

/// A directory that a file's `base_path` names, with something of the person's own in it.
#[test]
fn lock_file_that_a_logout_makes_goes_with_the_file_it_is_for() {
    for (base_path, provider, has_note) in [("~", "sso", true), ("~", "aws", false)] {
        let home = Home::new();
        home.atmos_yaml(
            &IDENTITIES
                .replace("via: { provider: sso }", &format!("via: {{ provider: {provider} }}"))
                .replace("    sso:\n", &format!("    {provider}:\n"))
                .replace(
                    "      region: us-east-1\n",
                    &format!("      region: us-east-1\n      spec: {{ files: {{ base_path: \"{base_path}\" }} }}\n"),
                ),
        );
        let keys = AwsSession::new("", provider, "dev").credentials_section();
        home.write(format!("{provider}/credentials"), keys);
        if has_note {
            home.write(format!("{provider}/notes.txt"), "mine");
        }
        let output = auth(&home, "logout --all --no-revoke").run().success();
        assert!(
            !home.has(format!("{provider}/credentials.lock")),
            "{output}"
        );
        assert_eq!(home.has(provider), has_note, "{output}");
        assert!(!output.stdout.contains("is still in it"), "{output}");
    }
}

#[test]
fn temporary_file_of_a_killed_run_does_not_keep_its_directory() {
    let home = home(&[]);
    let left = ".config/atmos/acme/aws/sso/.config.4194000-00000000000000aa-0.adieu-tmp";
    home.write(left, "[profile prod]\n");
    let output = auth(&home, "logout --all --no-revoke").run().success();
    assert!(!home.has(".config/atmos/acme/aws/sso"), "{output}");
    assert!(!output.stdout.contains("adieu-tmp"), "{output}");
}
