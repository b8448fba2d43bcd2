//! The dashboard as it looks at the usual sizes.

use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::state::tests::status;
use super::*;

fn world() -> World {
    World::fixed("/home/ana", Timestamp::UNIX_EPOCH)
}

fn screen(console: &Console, width: u16, height: u16, colour: bool) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal
        .draw(|frame| draw_console(frame, console, &world(), colour))
        .unwrap();
    terminal
}

fn text(console: &Console, width: u16, height: u16) -> String {
    let terminal = screen(console, width, height, false);
    let lines: Vec<String> = terminal
        .backend()
        .to_string()
        .lines()
        .map(|line| line.trim_matches('"').trim_end().to_owned())
        .collect();
    lines.join("\n").trim_end().to_owned()
}

fn typing(console: &mut Console, keys: &str) {
    for key in keys.chars() {
        console.key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
    }
}

#[test]
fn narrow_screen_shows_verdict_sessions_prompt_and_keys() {
    let mut console = Console::new(status());
    typing(&mut console, " /log");
    insta::assert_snapshot!(text(&console, 80, 24), @r#"
    ● Signed in  3 live sessions

           Who                  System  State                  Where
      [x]  sso                  aws     live, no expiry known
    > [ ]  sso → dev-admin      aws     live, no expiry known
      [ ]  ada@example.invalid  claude  live, no expiry known
      [ ]  sso → -odd           aws     expired














    /logout  /login
    > /log
    2/4  ↑↓ move  space mark  enter details  / command  f filter  ? help  q quit
    "#);
}

#[test]
fn help_stands_in_the_place_of_the_sessions() {
    let mut console = Console::new(status());
    typing(&mut console, "?");
    insta::assert_snapshot!(text(&console, 120, 40), @r#"
    ● Signed in  3 live sessions

    Type a command; it does what `adieu` with that word does on the command line.

      /logout   log out of what is marked, or of what is named
      /status   look again; with a name, everything about it
      /login    sign in with the vendor's own client
      /switch   log out, sign in as somebody else, and check
      /scan     find secrets in shell profiles and dotfiles
      /audit    what was logged out, when, and how it ended
      /help     the keys and these commands
      /quit     leave

    Space marks the line, a marks all, and /logout takes all that is marked. Flags can follow:
    --keychain, --complete, --no-revoke. Nothing is removed before you have said yes.

    j k g G and page keys move, f filters the lines, Esc shows all again.





















    >
    1/4  ↑↓ move  space mark  enter details  / command  f filter  ? help  q quit
    "#);
}

#[test]
fn without_colour_nothing_is_coloured() {
    let console = Console::new(status());
    let colours = |colour| {
        let terminal = screen(&console, 80, 24, colour);
        let cells = terminal.backend().buffer().content().iter();
        cells.filter(|cell| cell.fg != Color::Reset).count()
    };
    assert_eq!(colours(false), 0);
    assert!(colours(true) > 0);
}

#[test]
fn tiny_screens_and_empty_machines_do_no_harm() {
    let mut console = Console::new(status());
    for (width, height) in [(1, 1), (10, 3), (20, 6)] {
        screen(&console, width, height, true);
    }
    console.show(adieu::report::Status {
        sessions: Vec::new(),
        verdict: Verdict::Clean,
        ..status()
    });
    assert!(text(&console, 80, 24).contains("nobody is signed in"));
    typing(&mut console, " /logout");
    assert_eq!(
        console.key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)),
        super::super::state::Action::Nothing
    );
}
