//! The real AWS CLI and boto3 work by what adieu hands them.
use adieu_testkit::{Adieu, AwsSession, Client, Home};

use crate::aws::Aws;
use crate::support::{adieu, home_with};

const ARN: &str = "arn:aws:sts::210000000001:assumed-role/AWSReservedSSO_Administrator/ana";

/// Somebody is signed in as `ledger-admin` until 2099, by the machine's own clock too.
fn place() -> (Home, Aws) {
    let home = home_with("01-sso-chain.yaml");
    let session = AwsSession::new("meridian", "meridian-sso", "ledger-admin");
    home.aws_session(&session.region("eu-central-1"));
    let aws = Aws::start();
    aws.knows("FAKE-key-ledger-admin", ARN);
    (home, aws)
}

/// A run of a client that knows nothing but the server, and where profiles are.
fn client(run: Adieu, home: &Home, aws: &Aws) -> Adieu {
    run.home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("AWS_ENDPOINT_URL", aws.server.url())
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

/// A profile whose keys adieu brings.
fn write_profile(home: &Home) {
    let program = env!("CARGO_BIN_EXE_adieu");
    let directory = home.work();
    home.write(
        ".aws/config",
        format!(
            "[profile dev]\nregion = eu-central-1\n\
             credential_process = {program} --config-path {} credential-process ledger-admin\n",
            directory.display()
        ),
    );
}

const BOTO: &str = "import boto3, os\n\
    sts = boto3.Session(profile_name=os.environ.get('AWS_PROFILE')).client('sts')\n\
    print(sts.get_caller_identity()['Arn'])\n";

#[test]
fn aws_cli_works_by_process_and_by_exec() {
    let Some(aws_cli) = Client::find("aws") else {
        return;
    };
    let (home, aws) = place();
    write_profile(&home);
    let url = aws.server.url();
    // Older releases know no variable for the server.
    let words = [
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
        "--endpoint-url",
        &url,
    ];
    let run = client(Adieu::new(aws_cli.path()), &home, &aws);
    let output = run.args(words).args(["--profile", "dev"]).run().success();
    assert_eq!(output.stdout.trim(), ARN);
    let run = client(adieu(&home, "auth exec -i ledger-admin --"), &home, &aws);
    // What would win is set here, and taken away.
    let output = run
        .env("AWS_ACCESS_KEY_ID", "FAKE-key-of-somebody")
        .env("AWS_SECRET_ACCESS_KEY", "FAKE-secret-of-somebody")
        .env("AWS_DEFAULT_PROFILE", "somebody")
        .arg(aws_cli.path())
        .args(words)
        .run()
        .success();
    assert_eq!(output.stdout.trim(), ARN);
    let keys: Vec<String> = aws.calls().into_iter().map(|(_, key)| key).collect();
    assert_eq!(keys, ["FAKE-key-ledger-admin", "FAKE-key-ledger-admin"]);
}

#[test]
fn boto3_works_by_process_and_by_exec_and_says_what_to_run() {
    // The one of the clients, which has boto3.
    let Some(python) = Client::find("python3") else {
        return;
    };
    let python = python.path();
    let (home, aws) = place();
    write_profile(&home);
    let boto = |run: Adieu| client(run, &home, &aws).args(["-c", BOTO]);
    let output = boto(Adieu::new(python))
        .env("AWS_PROFILE", "dev")
        .run()
        .success();
    assert_eq!(output.stdout.trim(), ARN);
    let run = adieu(&home, "auth exec -i ledger-admin --").arg(python);
    let output = boto(run)
        .env("AWS_DEFAULT_PROFILE", "somebody")
        .run()
        .success();
    assert_eq!(output.stdout.trim(), ARN);
    adieu(&home, "logout ledger-admin --no-revoke")
        .run()
        .success();
    let output = boto(Adieu::new(python)).env("AWS_PROFILE", "dev").run();
    assert_eq!(output.status, Some(1));
    assert!(
        output.stderr.contains("sign in first: adieu --config-path"),
        "{output}"
    );
}
