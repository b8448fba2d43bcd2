//! A browser that brings the right thing, and others.

use std::thread;
use std::time::Instant;

use adieu_testkit::browser::{browse, visit};

use super::*;

const LIMIT: Duration = Duration::from_secs(10);

fn callback() -> Callback {
    Callback::bind(0, "/OauthRedirect", Secret::new("0123456789ab".to_owned())).unwrap()
}

/// Waits in another thread, so that the test can play the browser.
fn waiting(callback: Callback) -> thread::JoinHandle<Result<String, CallbackError>> {
    let wait = move || {
        let code = callback.wait(LIMIT, &Cancel::new());
        code.map(|code| code.expose().to_owned())
    };
    thread::spawn(wait)
}

#[test]
fn only_a_request_with_the_right_state_ends_the_waiting() {
    let callback = callback();
    let base = callback.redirect_uri();
    let root = base.strip_suffix("/OauthRedirect").unwrap().to_owned();
    let waiting = waiting(callback);
    for (method, url, status) in [
        (
            "GET",
            format!("{base}?code=FAKE-code&state=ffffffffffff"),
            400,
        ),
        ("GET", format!("{base}?code=FAKE-code"), 400),
        ("GET", format!("{base}?error=x&error_description=y"), 400),
        ("GET", format!("{base}?code=abc&state=0123456789ab"), 400),
        ("GET", base.clone(), 400),
        ("GET", format!("{root}/favicon.ico"), 404),
        (
            "POST",
            format!("{base}?code=FAKE-code&state=0123456789ab"),
            405,
        ),
        ("OPTIONS", base.clone(), 204),
    ] {
        let (answered, headers, body) = visit(method, &url);
        assert_eq!(answered, status, "{method} {url}");
        assert!(!body.contains("FAKE"), "{body}");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
    assert!(!waiting.is_finished());
    let visited = browse(&format!("{base}?code=FAKE-code&state=0123456789ab"));
    let statuses: Vec<u16> = visited.iter().map(|(_, status)| *status).collect();
    assert_eq!(statuses, [303, 200]);
    assert_eq!(waiting.join().unwrap().unwrap(), "FAKE-code");
}

#[test]
fn both_loopback_addresses_are_listened_on_before_anybody_asks() {
    let callback = callback();
    let port = callback.port;
    for listener in &callback.listeners {
        assert!(listener.local_addr().unwrap().ip().is_loopback());
    }
    assert_eq!(
        Callback::bind(port, "/x", Secret::new(String::new())).unwrap_err(),
        CallbackError::PortInUse { port }
    );
}

#[test]
fn a_refused_sign_in_is_told_in_the_words_of_the_server() {
    let callback = callback();
    let base = callback.redirect_uri();
    let waiting = waiting(callback);
    browse(&format!(
        "{base}?error=access_denied&error_description=end-user%20denied%0Aauthorization&state=0123456789ab"
    ));
    assert_eq!(
        waiting.join().unwrap().unwrap_err(),
        CallbackError::Declined {
            code: "access_denied".to_owned(),
            description: "end-user denied authorization".to_owned(),
        }
    );
}

#[test]
fn a_pasted_address_ends_the_waiting() {
    let callback = callback();
    let paste = callback.paste_back();
    assert_eq!(paste.offer("hello"), Err(PasteError::NotARedirect));
    assert_eq!(
        paste.offer("http://localhost:1717/OauthRedirect?code=FAKE-code&state=other"),
        Err(PasteError::OtherSignIn)
    );
    let waiting = waiting(callback);
    let good = " http://localhost:1717/OauthRedirect?code=FAKE-code%3D&state=0123456789ab\n";
    assert_eq!(paste.offer(good), Ok(()));
    assert_eq!(waiting.join().unwrap().unwrap(), "FAKE-code=");
    assert_eq!(paste.offer(good), Err(PasteError::TooLate));
}

#[test]
fn waiting_ends_in_time_and_when_it_is_stopped() {
    let start = Instant::now();
    let limit = Duration::from_millis(200);
    // A browser that connects and says nothing does not hold it up.
    let patient = callback();
    let _silent = std::net::TcpStream::connect(("127.0.0.1", patient.port)).unwrap();
    let late = patient.wait(limit, &Cancel::new());
    assert_eq!(late.unwrap_err(), CallbackError::TimedOut { after: limit });
    let cancel = Cancel::new();
    cancel.set();
    let stopped = callback().wait(LIMIT, &cancel);
    assert_eq!(stopped.unwrap_err(), CallbackError::Interrupted);
    assert!(start.elapsed() < LIMIT);
}
