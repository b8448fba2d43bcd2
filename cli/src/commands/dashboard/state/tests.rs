use super::*;
use adieu::inventory::{Account, Fact};
use adieu::report::{SessionState, Verdict};

fn session(system: System, identity: Option<&str>, provider: Option<&str>) -> Session {
    Session {
        system,
        provider: provider.map(str::to_owned),
        identity: identity.map(str::to_owned),
        configured: true,
        realm: None,
        chain: provider
            .iter()
            .chain(&identity)
            .map(|name| (*name).to_owned())
            .collect(),
        state: SessionState::Live,
        expires_at: None,
        age: None,
        protection: BTreeSet::new(),
        is_readable_by_others: false,
        preceded_by: None,
        artefacts: Vec::new(),
        shared_with: Vec::new(),
        revocation: "none",
        account: None,
        answer: None,
    }
}

pub(in crate::commands::dashboard) fn status() -> Status {
    let account = Account {
        system: System::CLAUDE,
        name: "ada@example.invalid".to_owned(),
        aliases: Vec::new(),
        provider: None,
        facts: vec![Fact {
            label: "plan",
            value: "max".to_owned(),
        }],
    };
    let sessions = vec![
        Session {
            state: SessionState::Expired,
            ..session(System::AWS, Some("-odd"), Some("sso"))
        },
        session(System::AWS, None, Some("sso")),
        session(System::AWS, Some("dev-admin"), Some("sso")),
        Session {
            configured: false,
            identity: Some(account.name.clone()),
            account: Some(account),
            ..session(System::CLAUDE, None, None)
        },
    ];
    Status {
        sessions,
        leftovers: Vec::new(),
        same_secrets: Vec::new(),
        overrides: Vec::new(),
        written: Vec::new(),
        problems: Vec::new(),
        pending: Vec::new(),
        checked: 12,
        covers: System::all().collect(),
        ignored: 0,
        links: Vec::new(),
        verdict: Verdict::SignedIn,
    }
}

fn press(console: &mut Console, code: KeyCode) -> Action {
    console.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn enter(console: &mut Console, text: &str) -> Action {
    for character in text.chars() {
        press(console, KeyCode::Char(character));
    }
    press(console, KeyCode::Enter)
}

fn run(commands: &[&[&str]]) -> Action {
    let owned = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Action::Run(commands.iter().map(owned).collect())
}

#[test]
fn what_can_be_used_stands_first() {
    let console = Console::new(status());
    let states: Vec<SessionState> = console.status.sessions.iter().map(|s| s.state).collect();
    assert_eq!(states.last(), Some(&SessionState::Expired));
}

#[test]
fn logout_takes_the_line_then_what_is_marked_then_what_is_named() {
    let mut console = Console::new(status());
    assert_eq!(
        enter(&mut console, "/logout"),
        run(&[&["logout", "--provider=sso"]])
    );
    press(&mut console, KeyCode::Down);
    press(&mut console, KeyCode::Char(' '));
    press(&mut console, KeyCode::Char(' '));
    assert_eq!(
        enter(&mut console, "/logout --no-revoke"),
        run(&[
            &["logout", "--no-revoke", "dev-admin"],
            &["logout", "--no-revoke", "claude:ada@example.invalid"]
        ])
    );
    assert_eq!(
        enter(&mut console, "/logout -odd"),
        run(&[&["logout", "--", "-odd"]])
    );
    assert_eq!(
        enter(&mut console, "/logout --all"),
        run(&[&["logout", "--all"]])
    );
}

#[test]
fn marks_stay_on_what_is_still_there() {
    let mut console = Console::new(status());
    press(&mut console, KeyCode::Char(' '));
    press(&mut console, KeyCode::Char(' '));
    let mut later = status();
    later
        .sessions
        .retain(|session| session.identity.as_deref() != Some("dev-admin"));
    console.show(later);
    let left: Vec<_> = console.marked.iter().map(|line| &line.provider).collect();
    assert_eq!(left, [&Some("sso".to_owned())]);
    press(&mut console, KeyCode::Esc);
    assert!(console.marked.is_empty());
}

#[test]
fn lines_of_one_name_are_marked_and_logged_out_one_by_one() {
    let mut same = status();
    same.sessions = ["harbor", "acme"]
        .map(|realm| Session {
            configured: false,
            realm: Some(realm.to_owned()),
            ..session(System::AWS, Some("dev"), None)
        })
        .to_vec();
    same.sessions
        .push(session(System::AWS, Some("dev"), Some("sso")));
    same.sessions.push(session(System::GCP, Some("dev"), None));
    let mut console = Console::new(same);
    press(&mut console, KeyCode::Char(' '));
    assert_eq!(console.marked.len(), 1);
    let marked = console.status.sessions.iter();
    assert_eq!(marked.filter(|line| console.is_marked(line)).count(), 1);
    assert_eq!(
        enter(&mut console, "/logout"),
        run(&[&["logout", "aws:harbor/dev"]])
    );
    press(&mut console, KeyCode::Char(' '));
    press(&mut console, KeyCode::Char(' '));
    assert_eq!(
        enter(&mut console, "/logout"),
        run(&[
            &["logout", "aws:harbor/dev"],
            &["logout", "aws:acme/dev"],
            &["logout", "dev"]
        ])
    );
}

#[test]
fn filter_leaves_lines_and_marks_and_moves_are_among_them() {
    let mut console = Console::new(status());
    press(&mut console, KeyCode::Char('f'));
    for key in "aws".chars() {
        press(&mut console, KeyCode::Char(key));
    }
    press(&mut console, KeyCode::Enter);
    let shown: Vec<String> = console
        .shown()
        .into_iter()
        .map(build_session_selector)
        .collect();
    assert_eq!(shown, ["sso", "dev-admin", "-odd"]);
    press(&mut console, KeyCode::Char('G'));
    assert_eq!(console.cursor, 2);
    press(&mut console, KeyCode::Char('k'));
    press(&mut console, KeyCode::Char('j'));
    press(&mut console, KeyCode::Char('g'));
    assert_eq!(console.cursor, 0);
    press(&mut console, KeyCode::Char('a'));
    assert_eq!(console.marked.len(), 3);
    press(&mut console, KeyCode::Char('a'));
    assert!(console.marked.is_empty());
    press(&mut console, KeyCode::PageDown);
    assert_eq!(console.cursor, 2);
    press(&mut console, KeyCode::Esc);
    assert_eq!(console.shown().len(), 4);
}

#[test]
fn names_with_blanks_are_completed_as_one_word() {
    let mut odd = status();
    odd.sessions = vec![session(System::AWS, Some("AWS CLI role"), None)];
    let mut console = Console::new(odd);
    console.paste("/logout AWS");
    press(&mut console, KeyCode::Tab);
    assert_eq!(console.typed, "/logout 'AWS CLI role'");
    assert_eq!(
        press(&mut console, KeyCode::Enter),
        run(&[&["logout", "AWS CLI role"]])
    );
    assert_eq!(enter(&mut console, "/audit"), run(&[&["audit", "show"]]));
    assert_eq!(
        enter(&mut console, "/audit verify"),
        run(&[&["audit", "verify"]])
    );
}

#[test]
fn unknown_commands_are_said_and_do_nothing() {
    let mut console = Console::new(status());
    assert_eq!(enter(&mut console, "/bye"), Action::Nothing);
    assert!(console.message.contains("/bye"));
    assert_eq!(enter(&mut console, "/quit"), Action::Leave);
    assert_eq!(enter(&mut console, "/status"), Action::Look);
    assert_eq!(enter(&mut console, "/scan"), run(&[&["scan"]]));
}

#[test]
fn switch_is_of_the_system_of_the_line() {
    let mut console = Console::new(status());
    press(&mut console, KeyCode::Down);
    press(&mut console, KeyCode::Down);
    assert_eq!(
        enter(&mut console, "/switch"),
        run(&[&["switch", "claude"]])
    );
}

#[test]
fn tab_completes_and_pasted_lines_do_not_run_by_themselves() {
    let mut console = Console::new(status());
    console.paste("/logout dev\n/quit\n");
    assert_eq!(console.typed, "/logout dev");
    press(&mut console, KeyCode::Tab);
    assert_eq!(console.typed, "/logout dev-admin");
}
