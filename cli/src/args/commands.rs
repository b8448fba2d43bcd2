//! The commands.

use std::ffi::OsString;

use clap::Subcommand;

use super::{
    AuditCommand, AwsCommand, CatalogueCommand, ConsoleArgs, CredentialProcessArgs, Deferred,
    EcrCommand, EcrLoginArgs, EksCommand, EnvArgs, ExecArgs, KubeCredentialArgs, ListArgs,
    LoginArgs, LogoutArgs, Nested, OrgCommand, RevokeArgs, ScanArgs, SchemaDocument, ShellArgs,
    StatusArgs, SwitchArgs, TokenArgs, UpdateKubeconfigArgs, UserCommand, ValidateArgs, WhoamiArgs,
    examples,
};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show who is signed in, what overrides it, and what was looked at
    #[command(after_help = examples::STATUS)]
    Status(Deferred<StatusArgs>),
    /// Log out: remove session data, end sessions at the server, look again
    #[command(after_help = examples::LOGOUT)]
    Logout(Deferred<LogoutArgs>),
    /// Sign in to AWS, Azure or Google Cloud as an identity, at a provider or a portal; or to an AI tool with its own
    /// client
    #[command(after_help = examples::LOGIN)]
    Login(Deferred<LoginArgs>),
    /// Change the account of an AI tool: log out, sign in with its own client, look who it is
    #[command(after_help = examples::SWITCH)]
    Switch(Deferred<SwitchArgs>),
    /// End sessions at the server; what could not be ended is kept, to be tried again
    #[command(after_help = examples::REVOKE)]
    Revoke(Deferred<RevokeArgs>),
    /// Show providers, identities and sessions as a tree, a table, a graph or data
    #[command(after_help = examples::LIST)]
    List(Deferred<ListArgs>),
    /// Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told
    #[command(after_help = examples::WHOAMI)]
    Whoami(Deferred<WhoamiArgs>),
    /// Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out
    #[command(after_help = examples::VALIDATE)]
    Validate(Deferred<ValidateArgs>),
    /// Print the variables that let other programs use an identity, or take them away again
    #[command(after_help = examples::ENV)]
    Env(Deferred<EnvArgs>),
    /// Run a command as an identity: its files and names are in the environment, and nothing that would win
    #[command(after_help = examples::EXEC)]
    Exec(Deferred<ExecArgs>),
    /// Start a shell as an identity
    #[command(after_help = examples::SHELL)]
    Shell(Deferred<ShellArgs>),
    /// Print an identity's keys for AWS's SDKs, which call it as `credential_process`
    #[command(after_help = examples::CREDENTIAL_PROCESS)]
    CredentialProcess(Deferred<CredentialProcessArgs>),
    /// Open AWS's web console as an identity, or the portal of its Azure subscription or Google project
    #[command(after_help = examples::CONSOLE)]
    Console(Deferred<ConsoleArgs>),
    /// Print an access token, for programs that want it as it is: of an Azure or Google Cloud identity, or of a
    /// portal's session
    #[command(after_help = examples::TOKEN)]
    Token(Deferred<TokenArgs>),
    /// Print a token for a cluster of AKS or GKE, as kubectl reads it of a plugin (for EKS: adieu aws eks token)
    #[command(after_help = examples::KUBE_CREDENTIAL)]
    KubeCredential(Deferred<KubeCredentialArgs>),
    /// Keep IAM users' access keys in the key store
    #[command(after_help = examples::USER_CONFIGURE)]
    User(Deferred<Nested<UserCommand>>),
    /// What rides on a sign-in to AWS: profiles that call adieu, registries of ECR, clusters of EKS
    #[command(after_help = examples::AWS_PROFILES)]
    Aws(Deferred<Nested<AwsCommand>>),
    /// Open the dashboard: who is signed in, and a prompt for what to do about it
    #[command(after_help = examples::DASHBOARD)]
    Dashboard,
    /// Find secrets left in shell profiles, environment files and histories; values are never shown
    #[command(after_help = examples::SCAN)]
    Scan(Deferred<ScanArgs>),
    /// Show or check the audit trail
    #[command(after_help = examples::AUDIT)]
    Audit(Deferred<Nested<AuditCommand>>),
    /// Show the tools that adieu knows as data, or check an entry for one more
    #[command(after_help = examples::CATALOGUE)]
    Catalogue(Deferred<Nested<CatalogueCommand>>),
    /// The commands of `atmos auth`, for what atmos.yaml configures
    #[command(after_help = examples::AUTH)]
    Auth(Deferred<Nested<AuthCommand>>),
    /// The commands of `sf org`, for Salesforce orgs
    #[command(after_help = examples::ORG)]
    Org(Deferred<Nested<OrgCommand>>),
    /// Commands of Salesforce CLI that adieu has none of, which the real client runs
    #[command(name = "sf", hide = true, disable_help_flag = true)]
    Salesforce {
        /// What to run
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Print the completion script of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of adieu, or of one of its commands
    #[command(after_help = examples::MAN)]
    Man {
        /// Which command, as it is typed
        command: Vec<String>,
    },
    /// Print the JSON schema of a command's output
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Which output
        #[arg(value_enum)]
        document: SchemaDocument,
    },
}

/// The commands of `atmos auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Sign in to AWS, Azure or Google Cloud as an identity of atmos.yaml, or at a provider
    #[command(after_help = examples::LOGIN)]
    Login(LoginArgs),
    /// Log out of what atmos.yaml configures
    #[command(after_help = examples::LOGOUT)]
    Logout(LogoutArgs),
    /// Show who is signed in, of what atmos.yaml configures
    #[command(after_help = examples::STATUS)]
    Status(StatusArgs),
    /// Show the configured providers and identities as a tree, a table, a graph or data
    #[command(after_help = examples::LIST)]
    List(ListArgs),
    /// Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told
    #[command(after_help = examples::WHOAMI)]
    Whoami(WhoamiArgs),
    /// Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out
    #[command(after_help = examples::VALIDATE)]
    Validate(ValidateArgs),
    /// Print the variables that let other programs use an identity, or take them away again
    #[command(after_help = examples::ENV)]
    Env(EnvArgs),
    /// Run a command as an identity: its files and names are in the environment, and nothing that would win
    #[command(after_help = examples::EXEC)]
    Exec(ExecArgs),
    /// Start a shell as an identity
    #[command(after_help = examples::SHELL)]
    Shell(ShellArgs),
    /// Open AWS's web console as an identity
    #[command(after_help = examples::CONSOLE)]
    Console(ConsoleArgs),
    /// Keep IAM users' access keys in the key store
    #[command(after_help = examples::USER_CONFIGURE)]
    User(Nested<UserCommand>),
    /// `atmos aws ecr login`, by the name that it had
    #[command(name = "ecr-login", hide = true)]
    EcrLogin(EcrLoginArgs),
    /// `atmos aws eks update-kubeconfig`, by the name that it had
    #[command(name = "eks-kubeconfig", hide = true)]
    EksKubeconfig(UpdateKubeconfigArgs),
}

impl AuthCommand {
    /// The same command of adieu.
    pub(crate) fn into_command(self) -> Command {
        match self {
            Self::Logout(arguments) => Command::Logout(Deferred(arguments)),
            Self::Login(arguments) => Command::Login(Deferred(arguments)),
            Self::Status(arguments) => Command::Status(Deferred(arguments)),
            Self::List(arguments) => Command::List(Deferred(arguments)),
            Self::Whoami(arguments) => Command::Whoami(Deferred(arguments)),
            Self::Validate(arguments) => Command::Validate(Deferred(arguments)),
            Self::Env(arguments) => Command::Env(Deferred(arguments)),
            Self::Exec(arguments) => Command::Exec(Deferred(arguments)),
            Self::Shell(arguments) => Command::Shell(Deferred(arguments)),
            Self::Console(arguments) => Command::Console(Deferred(arguments)),
            Self::User(command) => Command::User(Deferred(command)),
            Self::EcrLogin(arguments) => {
                let command = EcrCommand::Login(arguments);
                Command::Aws(Deferred(Nested {
                    command: AwsCommand::Ecr(Nested { command }),
                }))
            }
            Self::EksKubeconfig(arguments) => {
                let command = EksCommand::UpdateKubeconfig(arguments);
                Command::Aws(Deferred(Nested {
                    command: AwsCommand::Eks(Nested { command }),
                }))
            }
        }
    }
}
