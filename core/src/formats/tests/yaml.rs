//! Items and members of YAML files: kubeconfigs, `hosts.yml`.

use super::*;
use proptest::prelude::*;

const KUBECONFIG: &str = "\
# Größe: bytes are not characters
apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority-data: RkFLRQ==
    server: https://one.example.test
  name: arn:aws:eks:eu-central-1:111122223333:cluster/one
- cluster:
    server: https://two.example.test
  name: two # mine
contexts:
# about one
- context:
    cluster: arn:aws:eks:eu-central-1:111122223333:cluster/one
    user: atmos-eks-one-eu-central-1
  name: one
- context: {cluster: two, user: two}
  name: two
current-context: one
preferences: {}
users:
  - name: atmos-eks-one-eu-central-1
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: atmos
        args:
          - aws
          - eks
          - token
          - --region=eu-central-1
        env:
          - name: ATMOS_IDENTITY
            value: ledger-admin
  - name: two
    user:
      token: FAKE-tökén
      note: |
        several
        lines
";

fn items(wanted: &[(&str, &str)]) -> Vec<MemberPath> {
    let path =
        |(list, name): &(&str, &str)| MemberPath::of_keys([*list]).element([("name", *name)]);
    wanted.iter().map(path).collect()
}

fn remove(text: &str, wanted: &[(&str, &str)]) -> String {
    without(Format::Yaml, text, &items(wanted))
}

fn names(text: &str, list: &str) -> Vec<String> {
    texts(Format::Yaml, text, &format!("{list}[].name"))
}

/// The text without the lines from one that contains `from` to one that contains `to`.
fn without_lines(text: &str, from: &str, to: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = lines.iter().position(|line| line.contains(from)).unwrap();
    let end = start
        + lines[start..]
            .iter()
            .position(|line| line.contains(to))
            .unwrap();
    [&lines[..start], &lines[end + 1..]].concat().concat()
}

#[test]
fn items_are_read_with_all_their_scalars() {
    let read = |pattern: &str| texts(Format::Yaml, KUBECONFIG, pattern);
    assert_eq!(read("users[].user.exec.command"), ["atmos"]);
    assert_eq!(
        read("users[].user.exec.args[]"),
        ["aws", "eks", "token", "--region=eu-central-1"]
    );
    assert_eq!(
        read("users[].user.exec.env[name=ATMOS_IDENTITY].value"),
        ["ledger-admin"]
    );
    assert_eq!(read("users[name=two].user.token"), ["FAKE-tökén"]);
    assert_eq!(read("contexts[#2].context.user"), ["two"]);
    assert_eq!(read("extensions[]"), [""; 0]);
    assert_eq!(read("current-context"), ["one"]);
    let document = Format::Yaml.read(KUBECONFIG.as_bytes()).unwrap();
    assert!(!format!("{document:?}").contains("FAKE"));
}

#[test]
fn items_leave_with_exactly_their_lines() {
    let user = without_lines(KUBECONFIG, "  - name: atmos-eks", "value: ledger-admin");
    assert_eq!(
        remove(KUBECONFIG, &[("users", "atmos-eks-one-eu-central-1")]),
        user
    );
    let last = without_lines(KUBECONFIG, "  - name: two", "        lines");
    assert_eq!(remove(KUBECONFIG, &[("users", "two")]), last);
    let flow = without_lines(KUBECONFIG, "- context: {", "  name: two");
    assert_eq!(remove(KUBECONFIG, &[("contexts", "two")]), flow);
    let commented = without_lines(
        &KUBECONFIG.replace("- cluster:\n    server", "- CUT:\n    server"),
        "- CUT",
        "name: two # mine",
    );
    assert_eq!(remove(KUBECONFIG, &[("clusters", "two")]), commented);
    assert_eq!(
        remove(KUBECONFIG, &[("users", "three"), ("lists", "two")]),
        "unchanged"
    );
}

#[test]
fn a_list_without_items_is_written_as_an_empty_list() {
    let wanted = [
        ("contexts", "one"),
        ("contexts", "two"),
        ("clusters", "two"),
    ];
    let now = remove(KUBECONFIG, &wanted);
    assert!(
        now.contains("\ncontexts: []\n# about one\ncurrent-context: one\n"),
        "{now}"
    );
    assert!(names(&now, "contexts").is_empty());
    assert_eq!(names(&now, "clusters").len(), 1);
    assert_eq!(names(&now, "users").len(), 2);
    let cases: &[(&str, &str, &str)] = &[
        (
            "crlf",
            "a: 1\r\nusers:\r\n- name: x\r\n",
            "a: 1\r\nusers: []\r\n",
        ),
        ("no newline at the end", "users:\n- name: x", "users: []\n"),
        ("comment", "users: # all\n- name: x\n", "users: [] # all\n"),
        (
            "null",
            "users:\n- name: x\n  user:\nkind: C\n",
            "users: []\nkind: C\n",
        ),
        (
            "dash on its own line",
            "users:\n-\n  name: x\n- name: y\n",
            "users:\n- name: y\n",
        ),
        (
            "document start",
            "---\nusers:\n- name: x\n...\n",
            "---\nusers: []\n...\n",
        ),
        ("quoted", "\"users\" :\n- name: 'x'\n", "\"users\" : []\n"),
        (
            "flow item",
            "users:\n- {name: x,\n   user: {}}\n- {name: y}\n",
            "users:\n- {name: y}\n",
        ),
        (
            "byte order mark",
            "\u{feff}users:\n- name: x\n",
            "\u{feff}users: []\n",
        ),
    ];
    for (case, before, after) in cases {
        assert_eq!(remove(before, &[("users", "x")]), *after, "{case}");
    }
}

#[test]
fn lists_in_flow_style_lose_their_items() {
    let cases = [
        ("users: [{name: x}]\n", "users: []\n"),
        (
            "{users: [{name: x}, {name: y}]}\n",
            "{users: [{name: y}]}\n",
        ),
        (
            "contexts:\n- name: x\nusers: [{name: y}, {name: x}]\n",
            "contexts: []\nusers: [{name: y}]\n",
        ),
    ];
    for (before, after) in cases {
        assert_eq!(remove(before, &[("users", "x"), ("contexts", "x")]), after);
    }
}

#[test]
fn what_cannot_be_cut_is_refused() {
    let cases = [
        "users:\n- &a\n  name: x\n- *a\n",
        "users:\n- &a {name: x}\n",
        "users:\n- !!map {name: x}\n",
        "users: !!seq\n- name: x\n",
    ];
    for text in cases {
        let edited = Format::Yaml
            .remove(text.as_bytes(), &items(&[("users", "x")]))
            .unwrap();
        assert_eq!(edited.bytes, text.as_bytes());
        let [MemberRemoval::Refused(error)] = edited.outcomes.as_slice() else {
            panic!("{text:?}: {edited:?}");
        };
        assert!(
            matches!(error, EditError::NotUnderstood { .. }),
            "{text:?}: {error:?}"
        );
    }
    for text in [
        "a:\n--- \nusers:\n- name: x\n",
        "users:\n- name: x\n  user: [\n",
    ] {
        assert!(Format::Yaml.read(text.as_bytes()).is_err());
    }
    let deep = format!("users: {}\n", "[".repeat(10_000));
    assert!(Format::Yaml.read(deep.as_bytes()).is_err());
    let error = Format::Yaml.read(b"users:\n- name: \xff\n").unwrap_err();
    assert!(
        matches!(error, EditError::NotUnderstood { line: 2, .. }),
        "{error:?}"
    );
}

#[test]
fn an_empty_text_has_nothing_to_remove() {
    for text in [
        "",
        "# only a comment\n",
        "null\n",
        "- name: x\n",
        "users:\n",
        "users: []\n",
    ] {
        assert_eq!(remove(text, &[("users", "x")]), "unchanged", "{text:?}");
    }
}

#[test]
fn members_leave_nested_mappings() {
    const HOSTS: &str = "\
github.com:
    git_protocol: https
    users:
        ana:
            oauth_token: FAKE
        bob: # work
    user: ana
ghe.example.test:
    oauth_token: FAKE
";
    let remove = |paths: &[&[&str]]| {
        let paths = paths
            .iter()
            .map(|path| MemberPath::of_keys(path.iter().copied()));
        let edited = Format::Yaml
            .remove(HOSTS.as_bytes(), &paths.collect::<Vec<_>>())
            .unwrap();
        (String::from_utf8(edited.bytes).unwrap(), edited.is_empty)
    };
    let (now, is_empty) = remove(&[&["github.com", "users", "ana"], &["none"]]);
    assert_eq!(
        (now, is_empty),
        (without_lines(HOSTS, "ana:", "FAKE"), false)
    );
    let (now, _) = remove(&[
        &["github.com", "users", "ana"],
        &["github.com", "users", "bob"],
    ]);
    assert!(now.contains("\n    users: {}\n    user: ana\n"), "{now}");
    let (now, _) = remove(&[&["github.com"], &["github.com", "users"]]);
    assert_eq!(now, "ghe.example.test:\n    oauth_token: FAKE\n");
    assert_eq!(
        remove(&[&["github.com"], &["ghe.example.test"]]),
        (String::new(), true)
    );
    assert_eq!(
        remove(&[&["github.com", "none"], &[]]),
        (HOSTS.to_owned(), false)
    );
}

#[test]
fn five_thousand_items_go_in_one_pass() {
    let item = |number: usize| format!("- name: n{number}\n  user:\n    token: FAKE-{number}\n");
    let text = |numbers: &mut dyn Iterator<Item = usize>| {
        format!("users:\n{}", numbers.map(item).collect::<String>())
    };
    let names: Vec<String> = (0..5000).map(|number| format!("n{}", number * 2)).collect();
    let wanted: Vec<_> = names.iter().map(|name| ("users", name.as_str())).collect();
    let now = remove(&text(&mut (0..10_000)), &wanted);
    assert!(now == text(&mut (0..10_000).filter(|number| number % 2 == 1)));
}

proptest! {
    #[test]
    fn removal_is_the_input_minus_whole_lines(
        users in prop::collection::vec((prop::sample::select(vec!["x", "y", "ü"]), 0..5_usize), 1..6),
        is_crlf: bool,
    ) {
        let bodies = ["", "  user: {}\n", "  user:\n    token: FAKE ü\n", "# c\n\n", "  note: |\n    a\n\n    b\n"];
        let write = |users: &[&(&str, usize)]| {
            let mut text = "kind: Config\nusers:".to_owned();
            text.push_str(if users.is_empty() { " []\n" } else { "\n" });
            for (name, body) in users {
                text.extend(["- name: ", name, "\n", bodies[*body]]);
            }
            text.push_str("last: 1\n");
            if is_crlf { text.replace('\n', "\r\n") } else { text }
        };
        let before = write(&users.iter().collect::<Vec<_>>());
        let kept: Vec<_> = users.iter().filter(|(name, _)| *name != "x").collect();
        let now = remove(&before, &[("users", "x")]);
        if kept.len() == users.len() {
            prop_assert_eq!(now, "unchanged");
        } else {
            // Comments and blank lines between items stay; everything else is as if never there.
            let layout = |text: &str| -> Vec<String> {
                text.lines().filter(|l| !l.is_empty() && *l != "# c").map(str::to_owned).collect()
            };
            prop_assert_eq!(layout(&now), layout(&write(&kept)));
            prop_assert_eq!(names(&now, "users"), kept.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "[-\\[\\]{}\"':#|>&*!a-c \n\r\tü]{0,60}") {
        let text = format!("users:\n- name: a\n{text}");
        let _ = Format::Yaml.remove(text.as_bytes(), &items(&[("users", "a"), ("a", "b")]));
        let _ = Format::Yaml.remove(text.as_bytes(), &[MemberPath::of_keys(["a"]), MemberPath::of_keys(["users"])]);
    }
}
