//! State of a signed-in Atmos, byte for byte as a real one writes it.
//!
//! Sources: Atmos `pkg/auth/cloud/aws/`, `pkg/auth/providers/aws/`, and recorded states of a
//! running Atmos. All secrets are made up and look it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::home::{Home, hexadecimal};

/// What a sign-in of one AWS identity leaves in Atmos's files.
#[derive(Clone, Debug)]
pub struct AwsSession {
    realm: String,
    provider: String,
    identity: String,
    expires: String,
    region: String,
}

impl AwsSession {
    /// A session in a realm (`""` is the layout without realms) that ends in 2099.
    pub fn new(realm: &str, provider: &str, identity: &str) -> Self {
        Self {
            realm: realm.to_owned(),
            provider: provider.to_owned(),
            identity: identity.to_owned(),
            expires: "2099-01-01T00:00:00Z".to_owned(),
            region: "us-east-1".to_owned(),
        }
    }

    /// With another end, as RFC 3339.
    #[must_use]
    pub fn expires(mut self, when: &str) -> Self {
        when.clone_into(&mut self.expires);
        self
    }

    /// In another region.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// The section of the credentials file, with its comment.
    pub fn credentials_section(&self) -> String {
        let Self {
            identity, expires, ..
        } = self;
        format!(
            "; atmos: expiration={expires}\n[{identity}]\n\
             aws_access_key_id     = FAKE-key-{identity}\n\
             aws_secret_access_key = FAKE-secret-{identity}\n\
             aws_session_token     = FAKE-session-token-{identity}\n"
        )
    }

    /// The section of the config file.
    pub fn config_section(&self) -> String {
        let heading = match self.identity.as_str() {
            "default" => "default".to_owned(),
            identity => format!("profile {identity}"),
        };
        format!("[{heading}]\nregion = {}\n", self.region)
    }

    /// `aws/<provider>`, below the configuration root or another base path.
    fn folder(&self) -> PathBuf {
        Path::new(&self.realm).join("aws").join(&self.provider)
    }
}

/// A sign-in at an IAM Identity Center portal.
#[derive(Clone, Debug)]
pub struct PortalSession {
    /// The portal's start page.
    pub start_url: String,
    /// The portal's region.
    pub region: String,
    /// The bearer token.
    pub access_token: String,
    /// When it ends, as RFC 3339.
    pub expires_at: String,
}

impl PortalSession {
    /// A session that ends in 2099, with a token of that name.
    pub fn new(start_url: &str, region: &str, access_token: &str) -> Self {
        Self {
            start_url: start_url.to_owned(),
            region: region.to_owned(),
            access_token: access_token.to_owned(),
            expires_at: "2099-01-01T00:00:00Z".to_owned(),
        }
    }

    /// With another end, as RFC 3339.
    #[must_use]
    pub fn expires(mut self, when: &str) -> Self {
        when.clone_into(&mut self.expires_at);
        self
    }

    /// The name of Atmos's file: the SHA-1 of `start_url|region`.
    pub fn atmos_file_name(&self) -> String {
        let key = format!("{}|{}", self.start_url, self.region);
        format!("{}.json", hexadecimal(&Sha1::digest(key.as_bytes())))
    }

    /// What the cache files hold, in the order in which Atmos writes it.
    pub fn contents(&self) -> Value {
        json!({
            "accessToken": self.access_token,
            "expiresAt": self.expires_at,
            "region": self.region,
            "startUrl": self.start_url,
            "refreshToken": format!("FAKE-refresh-of-{}", self.access_token),
            "clientId": "FAKE-client-id",
            "clientSecret": "FAKE-client-secret",
            "registrationExpiresAt": "2099-01-01T00:00:00Z",
        })
    }

    /// The value of the provider's keyring entry: the bearer token is in `access_key_id`.
    pub fn keyring_value(&self) -> String {
        json!({ "type": "aws", "data": {
            "access_key_id": self.access_token,
            "region": self.region,
            "expiration": self.expires_at,
        }})
        .to_string()
    }
}

impl Home {
    /// Adds what signing in to an AWS identity leaves: a section in the provider's credentials and
    /// config files, and the lock files. Several identities go into the same files.
    pub fn aws_session(&self, session: &AwsSession) -> &Self {
        self.aws_session_below(".config/atmos", session)
    }

    /// The same below another directory of the home, as older releases and `base_path` have it.
    pub fn aws_session_below(&self, base: impl AsRef<Path>, session: &AwsSession) -> &Self {
        let folder = base.as_ref().join(session.folder());
        self.append_section(&folder.join("credentials"), &session.credentials_section());
        self.append_section(&folder.join("config"), &session.config_section());
        self.write(folder.join("credentials.lock"), "")
            .write(folder.join("config.lock"), "")
    }

    /// Writes Atmos's own file of a portal session and returns its path in the home.
    pub fn atmos_portal_session(&self, session: &PortalSession) -> PathBuf {
        let file = Path::new(".cache/atmos/aws-sso/sessions").join(session.atmos_file_name());
        self.write(
            &file,
            serde_json::to_string_pretty(&session.contents()).unwrap(),
        );
        file
    }

    /// Writes the AWS CLI's file of a portal session and returns its path in the home. The file is
    /// named after the `sso-session` if there is one, else after the start page.
    pub fn aws_cli_portal_session(
        &self,
        session: &PortalSession,
        sso_session: Option<&str>,
    ) -> PathBuf {
        let key = sso_session.unwrap_or(&session.start_url);
        let name = format!("{}.json", hexadecimal(&Sha1::digest(key.as_bytes())));
        let file = Path::new(".aws/sso/cache").join(name);
        self.write(&file, session.contents().to_string());
        file
    }

    /// Puts an entry into a file keyring: `key` is the entry's name (`atmos_acme_aws-sso`), `value`
    /// the encrypted text. A `/` in the name is escaped as the keyring's library does it.
    pub fn file_keyring_entry(
        &self,
        directory: impl AsRef<Path>,
        key: &str,
        value: impl AsRef<[u8]>,
    ) -> &Self {
        self.write(directory.as_ref().join(key.replace('/', "%2F")), value)
    }

    /// Writes a kubeconfig with a stranger's context, and those that Atmos adds for EKS clusters
    /// (name, region) signed in to as `identity`.
    pub fn kubeconfig(
        &self,
        relative: impl AsRef<Path>,
        identity: &str,
        clusters: &[(&str, &str)],
    ) -> &Self {
        let clusters: Vec<Cluster> = clusters
            .iter()
            .map(|&(name, region)| Cluster {
                name,
                region,
                identity,
            })
            .collect();
        let parts: String = clusters.iter().map(Cluster::cluster).collect();
        let contexts: String = clusters.iter().map(Cluster::context).collect();
        let users: String = clusters.iter().map(Cluster::user).collect();
        self.write(
            relative,
            format!(
                "# kept by hand\napiVersion: v1\nkind: Config\ncurrent-context: kind-lab\n\
                 clusters:\n{parts}- name: kind-lab\n  cluster:\n    server: https://127.0.0.1:6443\n\
                 contexts:\n{contexts}- name: kind-lab\n  context:\n    cluster: kind-lab\n    \
                 user: kind-lab\nusers:\n{users}- name: kind-lab\n  user:\n    \
                 token: FAKE-lab-token\n"
            ),
        )
    }

    /// Writes Docker's configuration with an entry for each host, and what a clean-up must keep:
    /// `credsStore`, `credHelpers`, `HttpHeaders` and a stranger's host.
    pub fn docker_config(&self, hosts: &[&str]) -> &Self {
        let mut auths = json!({ "registry.example.test": { "identitytoken": "FAKE-identity" } });
        for host in hosts {
            auths[*host] = json!({ "auth": "RkFLRTpGQUtFLXRva2Vu" });
        }
        let contents = json!({
            "auths": auths,
            "credsStore": "secretservice",
            "credHelpers": { "helped.example.test": "ecr-login" },
            "HttpHeaders": { "X-Team": "harbour" },
        });
        self.write(
            ".docker/config.json",
            serde_json::to_string_pretty(&contents).unwrap(),
        )
    }

    fn append_section(&self, file: &Path, section: &str) {
        let before = fs::read_to_string(self.join(file)).unwrap_or_default();
        let blank_line = if before.is_empty() { "" } else { "\n" };
        self.write(file, format!("{before}{blank_line}{section}"));
    }
}

/// An EKS cluster in a kubeconfig.
struct Cluster<'a> {
    name: &'a str,
    region: &'a str,
    identity: &'a str,
}

impl Cluster<'_> {
    fn arn(&self) -> String {
        format!(
            "arn:aws:eks:{}:111122223333:cluster/{}",
            self.region, self.name
        )
    }

    fn user_name(&self) -> String {
        format!("atmos-eks-{}-{}", self.name, self.region)
    }

    fn cluster(&self) -> String {
        let (arn, name, region) = (self.arn(), self.name, self.region);
        format!("- name: {arn}\n  cluster:\n    server: https://{name}.{region}.example.test\n")
    }

    fn context(&self) -> String {
        let (arn, user) = (self.arn(), self.user_name());
        format!("- name: {arn}\n  context:\n    cluster: {arn}\n    user: {user}\n")
    }

    fn user(&self) -> String {
        let Self {
            name,
            region,
            identity,
        } = self;
        format!(
            "- name: {}\n  user:\n    exec:\n      \
             apiVersion: client.authentication.k8s.io/v1beta1\n      command: atmos\n      \
             args: [aws, eks, token, --cluster-name, {name}, --region, {region}, \
             --identity={identity}]\n      env:\n      - name: ATMOS_IDENTITY\n        \
             value: {identity}\n",
            self.user_name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_the_bytes_that_atmos_writes() {
        let home = Home::new();
        home.aws_session(&AwsSession::new("acme", "sso", "dev").expires("2026-11-21T09:06:11Z"))
            .aws_session(&AwsSession::new("acme", "sso", "default").region("eu-central-1"));
        assert_eq!(
            home.read(".config/atmos/acme/aws/sso/credentials"),
            "; atmos: expiration=2026-11-21T09:06:11Z\n[dev]\n\
             aws_access_key_id     = FAKE-key-dev\n\
             aws_secret_access_key = FAKE-secret-dev\n\
             aws_session_token     = FAKE-session-token-dev\n\n\
             ; atmos: expiration=2099-01-01T00:00:00Z\n[default]\n\
             aws_access_key_id     = FAKE-key-default\n\
             aws_secret_access_key = FAKE-secret-default\n\
             aws_session_token     = FAKE-session-token-default\n"
        );
        assert_eq!(
            home.read(".config/atmos/acme/aws/sso/config"),
            "[profile dev]\nregion = us-east-1\n\n[default]\nregion = eu-central-1\n"
        );
        assert!(home.has(".config/atmos/acme/aws/sso/credentials.lock"));
    }

    #[test]
    fn session_file_has_the_name_that_atmos_gives_it() {
        let session = PortalSession::new(
            "https://meridian.awsapps.com/start",
            "eu-central-1",
            "FAKE-token",
        );
        assert_eq!(
            session.atmos_file_name(),
            "9a97e268d778e022b3df9ed3d603030292662474.json"
        );
    }

    #[test]
    fn session_of_the_empty_realm_has_no_realm_in_its_path() {
        let home = Home::new();
        home.aws_session(&AwsSession::new("", "sso", "dev"));
        assert!(home.has(".config/atmos/aws/sso/credentials"));
    }

    #[test]
    fn keyring_names_escape_slashes() {
        let home = Home::new();
        home.file_keyring_entry("keyring", "atmos_acme_crane/operator", "FAKE");
        assert!(home.has("keyring/atmos_acme_crane%2Foperator"));
    }

    #[test]
    fn cluster_and_registry_files_hold_ours_and_a_strangers() {
        let home = Home::new();
        home.kubeconfig(
            ".kube/config",
            "dev",
            &[("a", "us-east-1"), ("a", "eu-west-1")],
        )
        .docker_config(&["000000000000.dkr.ecr.us-east-1.amazonaws.com"]);
        let kubeconfig = home.read(".kube/config");
        for user in ["atmos-eks-a-us-east-1", "atmos-eks-a-eu-west-1", "kind-lab"] {
            assert_eq!(
                kubeconfig.matches(&format!("- name: {user}\n")).count(),
                match user {
                    "kind-lab" => 3,
                    _ => 1,
                }
            );
        }
        let docker: Value = serde_json::from_str(&home.read(".docker/config.json")).unwrap();
        assert_eq!(docker["auths"].as_object().unwrap().len(), 2);
        assert_eq!(docker["credsStore"], "secretservice");
    }

    #[test]
    fn portal_session_of_the_aws_cli_is_named_after_its_session_or_start_page() {
        let (home, session) = (
            Home::new(),
            PortalSession::new("https://a.example", "x", "FAKE"),
        );
        let (legacy, named) = (
            home.aws_cli_portal_session(&session, None),
            home.aws_cli_portal_session(&session, Some("corp")),
        );
        assert_ne!(legacy, named);
        assert!(home.read(&legacy).contains("FAKE") && home.read(&named).contains("FAKE"));
    }
}
