//! Files as real tools write them, and the selectors that the catalogue needs for them.

use super::*;

include!("selectors.rs");

#[test]
fn every_selector_of_the_catalogue_can_be_written() {
    for (tool, file, _, patterns) in SELECTORS {
        for pattern in *patterns {
            let parsed = pattern.parse::<Pattern>();
            assert!(parsed.is_ok(), "{tool} {file}: {pattern}: {parsed:?}");
        }
    }
}

/// Tool, end of the file's name, content, content without its credentials.
const FILES: &[(&str, &str, &str, &str)] = &[
    (
        "gh",
        "hosts.yml",
        "github.com:\n    users:\n        alice:\n            oauth_token: FAKE-1\n        bob:\n            oauth_token: FAKE-2\n    git_protocol: https\n    oauth_token: FAKE-2\n    user: bob\n",
        "github.com:\n    users:\n        alice: {}\n        bob: {}\n    git_protocol: https\n    user: bob\n",
    ),
    (
        "docker",
        ".docker/config.json",
        "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"RkFLRQ==\"\n\t\t},\n\t\t\"quay.example.test/team\": {\"auth\": \"RkFLRQ==\", \"email\": \"a@example.test\"}\n\t},\n\t\"credHelpers\": {\"ecr.example.test\": \"ecr-login\"}\n}",
        "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {},\n\t\t\"quay.example.test/team\": {\"email\": \"a@example.test\"}\n\t},\n\t\"credHelpers\": {\"ecr.example.test\": \"ecr-login\"}\n}",
    ),
    (
        "kubectl",
        ".kube/config",
        "users:\n- name: alice\n  user:\n    token: FAKE-1\n- name: cert\n  user:\n    client-certificate-data: eA==\n    client-key-data: RkFLRQ==\n- name: ex\n  user:\n    exec:\n      args: null\n      env:\n      - name: HELPER_TOKEN\n        value: FAKE-2\n      - name: HELPER_HOME\n        value: x\n- name: oidc\n  user:\n    auth-provider:\n      config:\n        client-id: c\n        id-token: FAKE-3\n        refresh-token: FAKE-4\n      name: oidc\n",
        "users:\n- name: alice\n  user: {}\n- name: cert\n  user:\n    client-certificate-data: eA==\n- name: ex\n  user:\n    exec:\n      args: null\n      env:\n      - name: HELPER_TOKEN\n      - name: HELPER_HOME\n        value: x\n- name: oidc\n  user:\n    auth-provider:\n      config:\n        client-id: c\n      name: oidc\n",
    ),
    (
        "argocd",
        "argocd/config",
        "contexts: []\nusers:\n- auth-token: FAKE-1\n  name: a.example.test\n  refresh-token: FAKE-2\n- auth-token: FAKE-3\n",
        "contexts: []\nusers:\n- name: a.example.test\n- {}\n",
    ),
    (
        "npm",
        ".npmrc",
        "registry=https://npm.example.test/\n//npm.example.test/:_authToken=FAKE-1\n//old.example.test/:username=carol\n//old.example.test/:_password=\"RkFLRQ==\"\nsave-exact=true",
        "registry=https://npm.example.test/\n//old.example.test/:username=carol\nsave-exact=true",
    ),
    (
        "cargo",
        "credentials.toml",
        "[registry]\ntoken = \"FAKE-1\"\n\n[registries.corp]\ntoken = \"FAKE-2\"\n",
        "[registry]\n\n[registries.corp]\n",
    ),
    (
        "uv",
        "credentials.toml",
        "[[credential]]\nservice = \"https://pypi.example.test/\"\nusername = \"alice\"\nscheme = \"basic\"\npassword = \"FAKE-1\"\n",
        "[[credential]]\nservice = \"https://pypi.example.test/\"\nusername = \"alice\"\nscheme = \"basic\"\n",
    ),
    (
        "hcloud",
        "cli.toml",
        "active_context = \"dev\"\n\n[[contexts]]\n  name = \"dev\"\n  token = \"FAKE-1\"\n  [contexts.preferences]\n    default_ssh_keys = [\"mykey\"]\n",
        "active_context = \"dev\"\n\n[[contexts]]\n  name = \"dev\"\n  [contexts.preferences]\n    default_ssh_keys = [\"mykey\"]\n",
    ),
    (
        "bun",
        ".bunfig.toml",
        "telemetry = false\n[install]\nregistry = { url = \"https://npm.example.test/\", token = \"FAKE-1\" }\n[install.scopes]\ncorp = { token = \"FAKE-2\", url = \"https://npm.example.test/\" }\n",
        "telemetry = false\n[install]\nregistry = { url = \"https://npm.example.test/\" }\n[install.scopes]\ncorp = { url = \"https://npm.example.test/\" }\n",
    ),
    (
        "rclone",
        "rclone.conf",
        "[gd]\ntype = drive\nclient_secret = FAKE-1\ntoken = {\"access_token\":\"FAKE-2\",\"expiry\":\"2099-01-01T00:00:00Z\"}\n\n[box]\ntype = sftp\npass = FAKE-3\n",
        "[gd]\ntype = drive\n\n[box]\ntype = sftp\n",
    ),
    (
        "saml2aws",
        ".aws/credentials",
        "[mine]\naws_access_key_id = FAKE-1\n\n[saml]\naws_session_token        = FAKE-2\nx_security_token_expires = 2099-01-01T00:00:00Z\n",
        "[mine]\naws_access_key_id = FAKE-1\n",
    ),
    (
        "pip",
        "pip.conf",
        "[global]\nindex-url = https://alice:FAKE-1@pypi.example.test/simple/\nextra-index-url =\n    https://one.example.test/\n    https://b:FAKE-2@two.example.test/\ntimeout = 5\n[install]\nindex-url = https://pypi.example.test/\n",
        "[global]\ntimeout = 5\n[install]\nindex-url = https://pypi.example.test/\n",
    ),
    (
        "heroku",
        ".netrc",
        "machine curl.example.test login a password FAKE-1\nmachine api.heroku.com\n  login alice@example.test\n  password FAKE-2\nmachine git.heroku.com\n  login alice@example.test\n  password FAKE-2\n",
        "machine curl.example.test login a password FAKE-1\n",
    ),
    (
        "git-store",
        ".git-credentials",
        "https://alice:FAKE%2b1@git.example.test\nhttps://bob@git.example.test\n",
        "https://bob@git.example.test\n",
    ),
    (
        "maven",
        "settings.xml",
        "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\">\n  <servers>\n    <!-- mine -->\n    <server>\n      <id>corp</id>\n      <username>alice</username>\n      <password>FAKE-1</password>\n    </server>\n  </servers>\n  <profiles><profile><properties><sonar.token>FAKE-2</sonar.token></properties></profile></profiles>\n</settings>\n",
        "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\">\n  <servers>\n    <!-- mine -->\n    <server>\n      <id>corp</id>\n      <username>alice</username>\n    </server>\n  </servers>\n  <profiles><profile><properties></properties></profile></profiles>\n</settings>\n",
    ),
    (
        "nuget",
        "NuGet.Config",
        "\u{feff}<configuration>\r\n  <packageSourceCredentials>\r\n    <corp>\r\n      <add key=\"Username\" value=\"alice\" />\r\n      <add key=\"ClearTextPassword\" value=\"FAKE-1\" />\r\n    </corp>\r\n  </packageSourceCredentials>\r\n</configuration>",
        "\u{feff}<configuration>\r\n  <packageSourceCredentials>\r\n    <corp>\r\n      <add key=\"Username\" value=\"alice\" />\r\n    </corp>\r\n  </packageSourceCredentials>\r\n</configuration>",
    ),
    (
        "gem",
        "credentials",
        "---\n:rubygems_api_key: FAKE-1\nhttps://gems.example.test: FAKE-2\n:backtrace: true\n",
        "---\n:backtrace: true\n",
    ),
    (
        "doppler",
        ".doppler.yaml",
        "scoped:\n    /:\n        token: FAKE-1\n        enclave.project: p\n    /home/dev/app:\n        token: FAKE-2\n",
        "scoped:\n    /:\n        enclave.project: p\n    /home/dev/app: {}\n",
    ),
    (
        "mysql",
        ".my.cnf",
        "# mine\n[client]\nuser = alice\npassword = FAKE-1\n[mysqldump]\npassword=\"FAKE#2\"\nquick\n",
        "# mine\n[client]\nuser = alice\n[mysqldump]\nquick\n",
    ),
    (
        "postgres",
        ".pgpass",
        "# mine\ndb.example.test:5432:*:alice:FAKE\\:1\n",
        "# mine\n",
    ),
    (
        "sops-age",
        "keys.txt",
        "# created: 2026-11-01T00:00:00Z\n# public key: age1fake\nAGE-SECRET-KEY-FAKE\n",
        "# created: 2026-11-01T00:00:00Z\n# public key: age1fake\n",
    ),
    (
        "cloudflared",
        "cert.pem",
        "-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----\n-----BEGIN ARGO TUNNEL TOKEN-----\nRkFLRQ==\n-----END ARGO TUNNEL TOKEN-----\n",
        "-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----\n",
    ),
];

#[test]
fn files_of_real_tools_lose_their_credentials_and_nothing_else() {
    for (tool, file, before, after) in FILES {
        let selector = SELECTORS
            .iter()
            .find(|(id, name, ..)| id == tool && name == file);
        let Some((_, _, format, patterns)) = selector else {
            panic!("no selector for {file} of {tool}");
        };
        assert_eq!(remove(*format, before, patterns), *after, "{tool}");
        // A file that was written on Windows.
        if !before.contains('\r') {
            let before = before.replace('\n', "\r\n");
            let after = after.replace('\n', "\r\n");
            assert_eq!(remove(*format, &before, patterns), after, "{tool}");
        }
    }
}
