//! What can be typed after `adieu aws` and `adieu user`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{IdentityArgs, Nested, examples};

/// Commands about IAM users.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Put an IAM user's access key into the key store; it is typed unseen, or comes from standard input
    #[command(after_help = examples::USER_CONFIGURE)]
    Configure(UserConfigureArgs),
}

/// Whose key, and how it comes.
#[derive(Clone, Debug, Default, Args)]
pub struct UserConfigureArgs {
    /// The identity, as with `-i` [default: the only one of kind aws/user]
    #[arg(value_name = "IDENTITY", conflicts_with = "chosen")]
    pub named: Option<String>,
    /// Whose key.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The MFA device that sessions need
    #[arg(long, value_name = "ARN")]
    pub mfa_arn: Option<String>,
    /// How long sessions last, such as 12h
    #[arg(long, value_name = "TIME")]
    pub session_duration: Option<String>,
    /// Keep the seed of the MFA device too, and make its codes
    #[arg(long)]
    pub totp: bool,
    /// Read from standard input: two lines (id, secret key; a third one for the seed), or what `aws iam
    /// create-access-key` prints
    #[arg(long)]
    pub stdin: bool,
}

/// Commands that ride on a sign-in to AWS.
#[derive(Clone, Debug, Subcommand)]
pub enum AwsCommand {
    /// Write profiles that call `adieu credential-process` into the AWS CLI's settings, or take them out
    #[command(after_help = examples::AWS_PROFILES)]
    Profiles(ProfilesArgs),
    /// Sign Docker in to container registries of ECR
    #[command(after_help = examples::AWS_ECR)]
    Ecr(Nested<EcrCommand>),
    /// Let kubectl work with clusters of EKS
    #[command(after_help = examples::AWS_EKS)]
    Eks(Nested<EksCommand>),
}

/// Which profiles.
#[derive(Clone, Debug, Default, Args)]
pub struct ProfilesArgs {
    /// The identities [default: all of AWS]
    #[arg(value_name = "IDENTITY")]
    pub identities: Vec<String>,
    /// Write them; without it they are printed
    #[arg(long, conflicts_with = "remove")]
    pub write: bool,
    /// Take out those that were written
    #[arg(long)]
    pub remove: bool,
}

/// Commands about registries.
#[derive(Clone, Debug, Subcommand)]
pub enum EcrCommand {
    /// Sign Docker in to a registry
    #[command(after_help = examples::AWS_ECR)]
    Login(EcrLoginArgs),
}

/// Which registries, and as whom.
#[derive(Clone, Debug, Default, Args)]
pub struct EcrLoginArgs {
    /// An integration of atmos.yaml [default: the identity's own account and region]
    #[arg(value_name = "INTEGRATION", conflicts_with = "registries")]
    pub integration: Option<String>,
    /// As whom.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The registry, such as 111122223333.dkr.ecr.eu-central-1.amazonaws.com (repeatable)
    #[arg(
        short = 'r',
        long = "registry",
        value_name = "HOST",
        value_delimiter = ','
    )]
    pub registries: Vec<String>,
    /// Amazon's public registry, public.ecr.aws
    #[arg(long, conflicts_with = "integration")]
    pub public: bool,
}

/// Commands about clusters.
#[derive(Clone, Debug, Subcommand)]
pub enum EksCommand {
    /// Add a cluster to a kubeconfig, whose entry asks adieu for tokens
    #[command(after_help = examples::AWS_EKS)]
    UpdateKubeconfig(UpdateKubeconfigArgs),
    /// Print a cluster's token, as kubectl reads it
    Token(EksTokenArgs),
}

/// Which cluster, and where it is written.
#[derive(Clone, Debug, Default, Args)]
pub struct UpdateKubeconfigArgs {
    /// An integration of atmos.yaml
    #[arg(value_name = "INTEGRATION", conflicts_with = "name")]
    pub integration: Option<String>,
    /// As whom.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The cluster
    #[arg(long, visible_alias = "cluster-name", value_name = "CLUSTER")]
    pub name: Option<String>,
    /// Its region [default: the identity's]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The name of the context [default: the cluster's ARN]
    #[arg(long, value_name = "NAME")]
    pub alias: Option<String>,
    /// The file [default: that of the integration, else of $KUBECONFIG, else ~/.kube/config]
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Print the new file, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which cluster's token.
#[derive(Clone, Debug, Default, Args)]
pub struct EksTokenArgs {
    /// The cluster
    #[arg(long, value_name = "CLUSTER")]
    pub cluster_name: String,
    /// Its region [default: the identity's]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// As whom.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// Print the token although standard output is a terminal
    #[arg(long)]
    pub print: bool,
}
