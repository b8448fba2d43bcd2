//! What stands below the help of each command: examples, and where the global options are.

/// The last line of every command's help but that of the program.
macro_rules! with_examples {
    ($name:ident, $about:literal, $text:literal) => {
        #[doc = concat!("Examples of ", $about, ".")]
        pub(crate) const $name: &str = concat!(
            "Examples:\n",
            $text,
            "\n\nGlobal options (adieu --help): --config, --config-path, --base-path, --profile, --chdir, --home, --output, \
             --quiet, --logs-level, --no-color, …"
        );
    };
}

/// Examples of the program.
pub(crate) const PROGRAM: &str = "Examples:
  adieu status                  who is signed in on this machine
  adieu logout --all --dry-run  what a complete logout would do
  adieu logout --all            end every sign-in
  adieu status --check          exit 0 only if nobody is signed in

Exit status: 0 done or nothing to do, 1 failed, 2 wrong usage or configuration, 3 could not tell, 130 interrupted.";

with_examples!(
    STATUS,
    "`adieu status`",
    "  adieu status                   everything on this machine
  adieu status claude aws        two systems, with details
  adieu status --online --check  ask the servers too; exit 0 only if nobody is signed in"
);
with_examples!(
    LOGOUT,
    "`adieu logout`",
    "  adieu logout dev-admin               one identity
  adieu logout claude corp prod-admin  a tool, a portal, an identity
  adieu logout --provider aws-sso      a provider and everybody behind it
  adieu logout --all --dry-run         show what a complete logout would do"
);
with_examples!(
    LOGIN,
    "`adieu login`",
    "  adieu login                         as the default identity of atmos.yaml
  adieu login dev-admin               as this identity; `adieu auth login -i dev-admin` does the same
  adieu login --provider aws-sso      at a provider only
  adieu login corp                    at the portal of `[sso-session corp]`, as `aws sso login` does
  adieu login --all --device          as everybody, with one code for each portal
  adieu login codex -- --device-auth  to an AI tool, with words for its own login command"
);
with_examples!(
    SWITCH,
    "`adieu switch`",
    "  adieu switch claude
  adieu switch claude --expect ana@acme.example  fail unless she is signed in afterwards"
);
with_examples!(
    REVOKE,
    "`adieu revoke`",
    "  adieu revoke codex          end it at its server; keep it here if that fails
  adieu revoke --pending      what earlier logouts could not end
  adieu revoke --forget corp  it was ended elsewhere
  adieu revoke --deactivate-keys ci-user
  adieu revoke azure:ana@example.com --everywhere
  adieu revoke robot@my-project.iam.gserviceaccount.com --deactivate-keys"
);
with_examples!(
    LIST,
    "`adieu list`",
    "  adieu list
  adieu list --format table --tags production
  adieu list --format mermaid > auth.mmd"
);
with_examples!(
    WHOAMI,
    "`adieu whoami`",
    "  adieu whoami               the default identity
  adieu whoami -i dev-admin"
);
with_examples!(
    VALIDATE,
    "`adieu validate`",
    "  adieu validate
  adieu validate --config infra/atmos.yaml -v"
);
with_examples!(
    ENV,
    "`adieu env`",
    "  eval \"$(adieu env -i dev-admin)\"
  adieu env -i dev-admin --login --format dotenv -o .env
  eval \"$(adieu env --unset)\"       take them away again"
);
with_examples!(
    EXEC,
    "`adieu exec`",
    "  adieu exec -i dev-admin -- terraform plan
  adieu exec -- aws sts get-caller-identity  as the default identity

Exit status: that of the command; 127 if there is none of that name, 126 if it cannot be run."
);
with_examples!(
    SHELL,
    "`adieu shell`",
    "  adieu shell -i dev-admin
  adieu shell -i prod-admin --logout-on-exit
  adieu shell -i dev-admin --shell zsh -- -c 'terraform plan'

Exit status: that of the shell."
);
with_examples!(
    CREDENTIAL_PROCESS,
    "`adieu credential-process`",
    "  # in ~/.aws/config, below [profile dev]
  credential_process = adieu --config-path /home/ana/infra credential-process dev-admin"
);
with_examples!(
    USER_CONFIGURE,
    "`adieu user configure`",
    "  adieu auth user configure -i painter
  aws iam create-access-key --user-name painter | adieu user configure painter --stdin"
);
with_examples!(
    AWS_PROFILES,
    "`adieu aws profiles`",
    "  adieu aws profiles                 what would be written
  adieu aws profiles --write
  adieu aws profiles --remove dev-admin"
);
with_examples!(
    AWS_ECR,
    "`adieu aws ecr login`",
    "  adieu aws ecr login team-registry  an integration of atmos.yaml
  adieu aws ecr login -i dev-admin -r 111122223333.dkr.ecr.eu-central-1.amazonaws.com
  adieu aws ecr login -i dev-admin --public"
);
with_examples!(
    AWS_EKS,
    "`adieu aws eks update-kubeconfig`",
    "  adieu aws eks update-kubeconfig team-cluster
  adieu aws eks update-kubeconfig -i dev-admin --name crane --region eu-central-1 --alias crane"
);
with_examples!(
    CONSOLE,
    "`adieu console`",
    "  adieu console dev-admin
  adieu console dev-admin --destination s3 --isolated
  adieu console -i dev-admin --print-only  the address, to open it elsewhere"
);
with_examples!(
    TOKEN,
    "`adieu token`",
    "  adieu token azure | some-program --token-file /dev/stdin
  adieu token my-subscription --resource https://vault.azure.net > /run/user/1000/token
  adieu token gcp --scopes https://www.googleapis.com/auth/devstorage.read_only
  adieu token --sso aws-sso > /run/user/1000/token"
);
with_examples!(
    KUBE_CREDENTIAL,
    "`adieu kube-credential`",
    "  # in a kubeconfig, below users[].user
  exec:
    apiVersion: client.authentication.k8s.io/v1
    command: adieu
    args: [--config-path, /home/ana/infra, kube-credential, my-subscription]
    interactiveMode: Never"
);
with_examples!(
    DASHBOARD,
    "`adieu dashboard`",
    "  adieu dashboard  the same as adieu without a command, on a terminal"
);
with_examples!(
    SCAN,
    "`adieu scan`",
    "  adieu scan                             profiles and dotfiles of the home directory, and /etc
  adieu scan .env ~/work --name AWS_SECRET_ACCESS_KEY
  adieu scan --fix remove --dry-run      show what would be taken out

Exit status: 0 nothing found, 1 something found, 2 wrong usage, 3 nothing found, but something could not be read. \
With `--format eval`: 0."
);
with_examples!(
    AUDIT,
    "`adieu audit`",
    "  adieu audit show -n 5
  adieu audit verify"
);
with_examples!(
    CATALOGUE,
    "`adieu catalogue`",
    "  adieu catalogue list
  adieu catalogue show gh
  adieu catalogue check thing.toml
  adieu catalogue ignore ~/.thing/settings.json"
);
with_examples!(
    AUTH,
    "`adieu auth`",
    "  alias atmos=adieu
  atmos auth logout dev-admin
  atmos auth status --check"
);
with_examples!(
    ORG,
    "`adieu org`",
    "  alias sf=adieu
  sf org list
  sf org logout --target-org MyOrgAlias"
);
with_examples!(
    ORG_LOGOUT,
    "`adieu org logout`",
    "  adieu org logout --target-org MyOrgAlias
  adieu org logout --all --dry-run
  adieu org logout --all --no-prompt  remove them here even if Salesforce could not be told"
);
with_examples!(
    ORG_LIST,
    "`adieu org list`",
    "  adieu org list
  adieu org list --all --skip-connection-status
  adieu org list auth --json"
);
with_examples!(
    ORG_DISPLAY,
    "`adieu org display`",
    "  adieu org display --target-org MyOrgAlias
  adieu org display --json"
);
with_examples!(
    ORG_LOGIN,
    "`adieu org login`",
    "  adieu org login web --alias MyOrgAlias
  adieu org login jwt --username user@example.com --jwt-key-file server.key --client-id ID"
);
with_examples!(
    COMPLETIONS,
    "`adieu completions`",
    "  adieu completions bash > ~/.local/share/bash-completion/completions/adieu
  adieu completions fish > ~/.config/fish/completions/adieu.fish"
);
with_examples!(
    MAN,
    "`adieu man`",
    "  adieu man | man -l -
  adieu man logout > adieu-logout.1"
);
with_examples!(SCHEMA, "`adieu schema`", "  adieu schema status");
