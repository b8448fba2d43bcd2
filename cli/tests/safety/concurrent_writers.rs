//! Many runs at once on one file.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use adieu_testkit::{AwsSession, Home};
use rustix::fs::{FlockOperation, flock};

use crate::support::{adieu, one_portal, run};

const NUMBER: usize = 20;
const FOLDER: &str = ".config/atmos/acme/aws/sso";

/// What Atmos does when it renews an identity: under the lock, the whole file is written anew.
fn renew(home: &Home, round: usize) {
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(home.join(FOLDER).join("credentials.lock"))
        .unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let file = home.join(FOLDER).join("credentials");
    let before = fs::read_to_string(&file).unwrap();
    let start = before.find("round = ").unwrap();
    let end = start + before[start..].find('\n').unwrap();
    let after = format!("{}round = {round}{}", &before[..start], &before[end..]);
    let temporary = home.join(FOLDER).join("credentials.atmos");
    fs::write(&temporary, after).unwrap();
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600)).unwrap();
    File::open(&temporary).unwrap().sync_all().unwrap();
    fs::rename(&temporary, &file).unwrap();
}

#[test]
fn twenty_logouts_at_once_lose_nothing_and_bring_nothing_back() {
    let home = Home::new();
    let names: Vec<String> = (0..NUMBER)
        .map(|number| format!("dev-{number:02}"))
        .collect();
    let all: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .chain(["keep", "renewed"])
        .collect();
    home.atmos_yaml(&one_portal("sso", &all, ""));
    for name in &names {
        home.aws_session(&AwsSession::new("acme", "sso", name));
    }
    let keep =
        "\n# by hand\n[keep]\naws_access_key_id     =   FAKE-keep  \n; and this\n\n[renewed]\n";
    let credentials = home.read(format!("{FOLDER}/credentials")) + keep + "round = 0\n";
    home.write(format!("{FOLDER}/credentials"), credentials);
    let ended = AtomicBool::new(false);
    let rounds = std::thread::scope(|scope| {
        let renewer = scope.spawn(|| {
            let mut round = 0;
            while !ended.load(Ordering::SeqCst) {
                round += 1;
                renew(&home, round);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            round
        });
        let children: Vec<_> = names
            .iter()
            .map(|name| {
                let mut command = adieu(&home).args(["logout", name.as_str()]).command();
                command
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        let outputs: Vec<_> = children.into_iter().map(Child::wait_with_output).collect();
        // Before anything is checked: the renewer must end even if a check fails.
        ended.store(true, Ordering::SeqCst);
        let rounds = renewer.join();
        for output in outputs {
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
        }
        rounds.unwrap()
    });
    let mut expected = keep.trim_start_matches('\n').to_owned();
    let _ = writeln!(expected, "round = {rounds}");
    let left = home.read(format!("{FOLDER}/credentials"));
    assert_eq!(left.trim_start_matches('\n'), expected);
    assert!(rounds > 1, "the file was never renewed meanwhile");
    let audit = home.read(".local/state/adieu/audit.jsonl");
    assert_eq!(audit.lines().count(), NUMBER);
    let check = run(&home, &["audit", "verify", "-o", "json"])
        .success()
        .json();
    assert_eq!(check["records"], NUMBER);
    let inside: Vec<_> = fs::read_dir(home.join(FOLDER))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("tmp"))
        .collect();
    assert!(inside.is_empty(), "{inside:?}");
}
