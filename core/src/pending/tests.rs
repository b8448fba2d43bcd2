use super::*;

const NOW: &str = "2026-11-21T08:30:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn pending(mark: &str, state: PendingState) -> Pending {
    Pending {
        system: System::CODEX,
        identity: Some("ada@example.invalid".to_owned()),
        provider: Some("auth.openai.com".to_owned()),
        what: "login".to_owned(),
        host: None,
        page: None,
        state,
        why: None,
        since: at(NOW),
        is_session: true,
        expires_at: None,
        mark: mark.to_owned(),
    }
}

fn book() -> Book {
    Book {
        key: MarkKey::new([7; 32]),
        entries: Vec::new(),
        is_whole: true,
    }
}

#[test]
fn what_was_written_is_read_again() {
    let mut book = book();
    book.put(pending("a", PendingState::NotEnded));
    let bytes = book.bytes().unwrap();
    let stored: Stored = serde_json::from_slice(&bytes).unwrap();
    let entries: Vec<_> = stored.entries.into_iter().filter_map(parse_entry).collect();
    assert_eq!(entries, book.entries);
    assert_eq!(MarkKey::parse(&stored.key).unwrap().text(), book.key.text());
}

#[test]
fn one_broken_entry_takes_no_other_along() {
    let mut book = book();
    book.put(pending("a", PendingState::NotEnded));
    let mut value: serde_json::Value = serde_json::from_slice(&book.bytes().unwrap()).unwrap();
    let entries = value["entries"].as_array_mut().unwrap();
    entries.push(serde_json::json!({"system": "none"}));
    entries.push(serde_json::json!(7));
    let stored: Stored = serde_json::from_value(value).unwrap();
    assert_eq!(
        stored.entries.into_iter().filter_map(parse_entry).count(),
        1
    );
}

#[test]
fn the_same_token_is_one_entry_and_what_could_be_ended_stays_longest() {
    let mut book = book();
    book.put(pending("a", PendingState::BeingEnded));
    book.put(pending("a", PendingState::NotEnded));
    assert_eq!(book.entries.len(), 1);
    for number in 0..MOST + 10 {
        book.put(pending(&format!("n{number}"), PendingState::NoServerCall));
    }
    assert_eq!(book.entries.len(), MOST);
    assert_eq!(book.entries[0].mark, "a");
}

#[test]
fn an_entry_is_called_by_system_name_or_both() {
    let found = pending("a", PendingState::NotEnded);
    for typed in [
        "codex",
        "ADA@example.invalid",
        "codex:ada@example.invalid",
        "auth.openai.com",
    ] {
        assert!(found.is_called(typed), "{typed}");
    }
    for typed in ["gemini", "gemini:ada@example.invalid", "ada", ""] {
        assert!(!found.is_called(typed), "{typed}");
    }
}
