//! What is previewed is what is done, item by item.

use adieu_testkit::Home;
use adieu_testkit::server::Server;

use crate::support::{auth, fixture, page, steps, with_portal};

type Make = Box<dyn Fn() -> Home>;

/// A dry run and the run after it have the same steps in the same order, and the run does each.
#[test]
fn dry_run_lists_exactly_what_the_run_then_does() {
    let recorded = |name| move || Home::from_fixture(fixture(name));
    let homes: [(&str, Make); 4] = [
        ("page", Box::new(page)),
        ("sso", Box::new(recorded("sso-file-keyring"))),
        ("mock", Box::new(recorded("mock-file-keyring"))),
        ("rows", Box::new(crate::rows::home)),
    ];
    let forms = [
        "--all",
        "--all --no-revoke",
        "--all --keychain --force",
        "--provider aws",
        "dev-admin",
        "ledger-admin",
        "ledger-deployer",
        "marionette",
        "glove",
    ];
    let mut compared = 0;
    for (name, make) in &homes {
        // The home with everything has many encrypted entries: each run takes its time.
        let forms = if *name == "rows" {
            &forms[..2]
        } else {
            &forms[..]
        };
        for form in forms {
            let home = make();
            let portal = Server::aws_portal();
            crate::recorded::point_at(&home, &portal);
            let run = |words: &str| {
                let command = with_portal(auth(&home, words), &portal);
                command.env("GITHUB_API_URL", portal.url()).run()
            };
            portal.on(
                "DELETE",
                "/installation/token",
                adieu_testkit::server::Answer::status(204),
            );
            let preview = run(&format!("logout {form} --dry-run -o json"));
            if preview.status == Some(2) {
                continue;
            }
            let done = run(&format!("logout {form} -o json"));
            let (planned, did) = (steps(&preview), steps(&done));
            let names = |steps: &[(String, Option<String>)]| -> Vec<String> {
                steps.iter().map(|(step, _)| step.clone()).collect()
            };
            assert_eq!(names(&planned), names(&did), "{name}: {form}");
            for ((step, foregone), (_, outcome)) in planned.iter().zip(&did) {
                match foregone {
                    Some(_) => assert_eq!(foregone, outcome, "{name}: {form}: {step}"),
                    None => assert!(
                        matches!(outcome.as_deref(), Some("removed" | "revoked")),
                        "{name}: {form}: {step}: {outcome:?}\n{done}"
                    ),
                }
            }
            compared += 1;
        }
    }
    assert!(compared >= 14, "{compared}");
}
