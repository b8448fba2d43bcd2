//! IAM and STS as moto plays them, which nobody here wrote: it checks who signs, and whether that may.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use adieu_testkit::{Adieu, Client, Home, Output};

use crate::support::adieu;

/// How long it may take to start.
const START: Duration = Duration::from_mins(1);

/// A user who may do everything with the own keys, and two of them.
const SET_UP: &str = "
import boto3, json, sys
iam = boto3.client('iam', endpoint_url=sys.argv[1], region_name='us-east-1',
                   aws_access_key_id='FAKE', aws_secret_access_key='FAKE')
iam.create_user(UserName='ci')
iam.put_user_policy(UserName='ci', PolicyName='own', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': ['iam:*AccessKey*', 'sts:*'], 'Resource': '*'}]}))
for profile in ('ci', 'spare'):
    key = iam.create_access_key(UserName='ci')['AccessKey']
    print(f\"[{profile}]\\naws_access_key_id = {key['AccessKeyId']}\\n\"
          f\"aws_secret_access_key = {key['SecretAccessKey']}\\n\")
";

/// What the server itself says of the user's keys, asked with the spare one.
const KEYS: &str = "
import boto3, sys
session = boto3.Session(profile_name=sys.argv[2], region_name='us-east-1')
try:
    print(session.client('sts', endpoint_url=sys.argv[1]).get_caller_identity()['Arn'])
    keys = session.client('iam', endpoint_url=sys.argv[1]).list_access_keys(UserName='ci')
    print(sorted(key['Status'] for key in keys['AccessKeyMetadata']))
except Exception as error:
    print(error)
";

/// The server, and a home with the profiles `ci` and `spare`.
struct Moto {
    process: Child,
    url: String,
    python: Client,
    home: Home,
}

impl Moto {
    fn start() -> Option<Self> {
        let server = Client::find("moto_server")?;
        let python = Client::find("python3")?;
        let home = Home::new();
        // Free a moment ago; who takes it in between makes the test fail, not pass.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let process = server
            .in_home(&home)
            // The calls of the set-up are nobody's.
            .env("INITIAL_NO_AUTH_ACTION_COUNT", "4")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            python,
            home,
        };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(start.elapsed() < START, "moto does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        let credentials = moto.python(SET_UP, &[]).success().stdout;
        moto.home.write(".aws/credentials", credentials);
        Some(moto)
    }

    fn python(&self, program: &str, arguments: &[&str]) -> Output {
        self.python
            .in_home(&self.home)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(["-c", program, &self.url])
            .args(arguments.iter().copied())
            .run()
    }

    fn adieu(&self, words: &str) -> Adieu {
        adieu(&self.home, words).env("AWS_ENDPOINT_URL", &self.url)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // One that has ended by itself is ended.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[test]
fn key_ends_itself_at_a_server_that_checks_signatures() {
    let Some(moto) = Moto::start() else {
        return;
    };
    let ask = |profile: &str| moto.python(KEYS, &[profile]).success().stdout;
    assert_eq!(
        ask("ci"),
        "arn:aws:iam::123456789012:user/ci\n['Active', 'Active']\n"
    );
    let who = moto.adieu("whoami ci").run().success();
    assert!(
        who.stdout.contains("arn:aws:iam::123456789012:user/ci"),
        "{who}"
    );

    let deleted = moto
        .adieu("revoke ci --delete-keys --force")
        .run()
        .success();
    assert!(deleted.stdout.contains("AWS refuses it now"), "{deleted}");
    assert!(ask("ci").contains("InvalidClientTokenId"), "{}", ask("ci"));
    assert_eq!(
        ask("spare"),
        "arn:aws:iam::123456789012:user/ci\n['Active']\n"
    );
    let again = moto
        .adieu("revoke ci --delete-keys --force")
        .run()
        .success();
    assert!(
        again.stdout.contains("AWS does not take it any more"),
        "{again}"
    );

    // moto sets a key inactive, and takes it all the same: a promise is no proof.
    let promised = moto.adieu("revoke spare --deactivate-keys --force").run();
    assert_eq!(
        ask("spare"),
        "arn:aws:iam::123456789012:user/ci\n['Inactive']\n"
    );
    assert_eq!(promised.status, Some(1), "{promised}");
    assert!(
        !promised.stdout.contains("AWS refuses it now"),
        "{promised}"
    );
}

#[test]
fn wrong_secret_ends_nothing_and_is_said() {
    let Some(moto) = Moto::start() else {
        return;
    };
    let credentials = moto.home.read(".aws/credentials");
    let (first, rest) = credentials.split_once("aws_secret_access_key = ").unwrap();
    let rest = &rest[rest.find('\n').unwrap()..];
    moto.home.write(
        ".aws/credentials",
        format!("{first}aws_secret_access_key = FAKE-wrong{rest}"),
    );
    let refused = moto.adieu("revoke ci --delete-keys --force").run();
    assert_ne!(refused.status, Some(0), "{refused}");
    let spare = moto.python(KEYS, &["spare"]).success().stdout;
    assert_eq!(
        spare,
        "arn:aws:iam::123456789012:user/ci\n['Active', 'Active']\n"
    );
}
