//! Variables that are called and made like credentials, of whatever tool: whoever reads one is signed in.

use adieu_testkit::Home;

use crate::support::run;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn credential_in_the_environment_is_never_clean() {
    let home = Home::new();
    for pair in [
        ("OPENAI_API_KEY", "FAKE-1"),
        ("OPENROUTER_API_KEY", "FAKE-2"),
        ("SLACK_BOT_TOKEN", "FAKE-3"),
        ("TF_TOKEN_app_example_test", "FAKE-1122334455"),
        (
            "DATABASE_URL",
            "postgres://alice:FAKE-12345678@db.example.test/x",
        ),
        ("ZORG_API_KEY", "FAKE00112233445566778899"),
    ] {
        let status = run(&home, "status --check", &variables(&[pair]));
        assert_eq!(status.status, Some(1), "{pair:?}: {}", status.stdout);
        assert!(status.stdout.contains(pair.0), "{}", status.stdout);
        assert!(!status.stdout.contains("FAKE"), "{}", status.stdout);
    }
}

#[test]
fn variable_that_holds_no_credential_is_none() {
    let home = Home::new();
    for pair in [
        ("DATABASE_URL", "postgres://db.example.test/x"),
        ("ZORG_API_KEY", "your-api-key"),
        ("ZORG_SECRET", "${OTHER}"),
        ("OPENAI_API_KEY", ""),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("XDG_SESSION_ID", "c2"),
        ("ZORG_TOKEN_URL", "https://x.example.test/oauth/token"),
    ] {
        let status = run(&home, "status --check", &variables(&[pair]));
        assert_eq!(status.status, Some(0), "{pair:?}: {}", status.stdout);
    }
}

#[test]
fn credential_that_a_start_up_file_sets_is_never_clean() {
    for (file, text) in [
        (".bashrc", "export OPENAI_API_KEY=FAKE-1\n"),
        (".zshenv", "export ZORG_API_KEY=FAKE00112233445566778899\n"),
    ] {
        let home = Home::new();
        home.write(file, text);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(1), "{file}: {}", status.stdout);
    }
}
