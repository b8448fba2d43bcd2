use super::*;

fn record(previous: &str, sequence: u64) -> String {
    let record = Record {
        schema_version: 1,
        sequence,
        time: "2026-11-21T08:30:00Z".to_owned(),
        user: "ana".to_owned(),
        uid: None,
        host: "desk".to_owned(),
        home: "/home/ana".to_owned(),
        command: vec!["logout".to_owned(), "--all".to_owned()],
        began: None,
        unfinished: false,
        steps: vec![],
        left_out: 0,
        still_live: vec![],
        exit_status: 0,
        previous: previous.to_owned(),
    };
    serde_json::to_string(&record).unwrap()
}

fn chain(length: u64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for sequence in 1..=length {
        let previous = lines
            .last()
            .map_or(BEGINNING.to_owned(), |l| hash_line(l.as_bytes()));
        lines.push(record(&previous, sequence));
    }
    lines
}

fn faults(lines: &[String]) -> Vec<(usize, FaultKind)> {
    let text = format!(
        "{}
",
        lines.join(
            "
"
        )
    );
    check_trail(text.as_bytes())
        .faults
        .iter()
        .map(|fault| (fault.line, fault.problem))
        .collect()
}

#[test]
fn a_whole_chain_has_no_faults() {
    assert_eq!(faults(&chain(3)), []);
    assert_eq!(faults(&[]), []);
}

#[test]
fn a_missing_changed_or_added_line_is_found() {
    let mut missing = chain(3);
    missing.remove(1);
    assert_eq!(faults(&missing), [(2, FaultKind::BrokenChain)]);
    let mut changed = chain(3);
    changed[1] = changed[1].replace("ana", "bob");
    assert_eq!(faults(&changed), [(3, FaultKind::BrokenChain)]);
    let mut headless = chain(3);
    headless.remove(0);
    assert_eq!(faults(&headless), [(1, FaultKind::BrokenChain)]);
}

#[test]
fn what_nobody_here_writes_between_or_behind_records_is_found() {
    let mut lines = chain(3);
    lines.insert(1, String::new());
    assert_eq!(faults(&lines), [(2, FaultKind::NotARecord)]);
    lines[2] = lines[2].replace("ana", "bob");
    assert_eq!(
        faults(&lines),
        [(2, FaultKind::NotARecord), (4, FaultKind::BrokenChain)]
    );
    let whole = chain(2).join("\n");
    for (behind, found) in [
        ("\n", vec![]),
        ("\n\n", vec![3]),
        ("\n\0\0\0", vec![3]),
        ("\n \n", vec![3]),
    ] {
        let text = format!("{whole}{behind}");
        let faults = check_trail(text.as_bytes()).faults;
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, found, "{behind:?}");
        assert_eq!(check_trail(text.as_bytes()).is_whole(), found.is_empty());
    }
}

#[test]
fn a_cut_off_line_is_told_from_a_forged_one() {
    let mut lines = chain(1);
    lines.push("{\"schema_ver".to_owned());
    lines.push(record(&hash_line(lines[1].as_bytes()), 2));
    assert_eq!(faults(&lines), [(2, FaultKind::CutOff)]);
    lines[2] = record(&hash_line(lines[0].as_bytes()), 2);
    assert_eq!(
        faults(&lines),
        [(2, FaultKind::NotARecord), (3, FaultKind::BrokenChain)]
    );
}

#[test]
fn a_wrong_number_is_found_and_counting_anew_after_a_cut_off_line_is_none() {
    let mut lines = chain(3);
    lines[1] = lines[1].replace("\"sequence\":2", "\"sequence\":7");
    lines[2] = record(&hash_line(lines[1].as_bytes()), 8);
    assert_eq!(faults(&lines), [(2, FaultKind::WrongSequence)]);
    let mut lines = chain(2);
    lines.push("{\"schema_ver".to_owned());
    lines.push(record(&hash_line(lines[2].as_bytes()), 1));
    assert_eq!(faults(&lines), [(3, FaultKind::CutOff)]);
    // No number follows the last one that there is.
    let last = record(BEGINNING, u64::MAX);
    assert_eq!(sequence_of(last.as_bytes()), Some(u64::MAX));
}

#[test]
fn texts_and_lists_are_cut_so_that_a_record_fits() {
    assert_eq!(shorten_text("short"), "short");
    let long = shorten_text(&"ü".repeat(9_000_000));
    assert!(long.len() <= TEXT_LIMIT + '…'.len_utf8());
    let mut left_out = 0;
    let many = (0..100_000).map(|_| "x".repeat(TEXT_LIMIT));
    let kept = within_limit(many, &mut left_out);
    assert_eq!(kept.len() as u64 + left_out, 100_000);
    assert!(serde_json::to_vec(&kept).unwrap().len() <= LIST_LIMIT + kept.len() + 2);
}
