//! Texts of servers, and the addresses that tokens may go to.

use super::*;
use crate::remote::{Endpoint, EndpointSource, TrustedHost};

#[test]
fn echo_of_a_token_is_not_repeated_however_it_is_encoded() {
    let secret = Secret::new("00DFAKE0000000003!AQ.FAKE/ACCESS gamma.0000".to_owned());
    for text in [
        "got 00DFAKE0000000003!AQ.FAKE/ACCESS gamma.0000",
        "token=00DFAKE0000000003%21AQ.FAKE%2FACCESS+gamma.0000",
        "00DFAKE0000000003\\u0021AQ",
        "cut off: 00DFAKE00",
    ] {
        assert_eq!(sanitize_message(text, &[&secret]), "", "{text}");
    }
    let text = "token 00DFA is not known to 0000 others";
    assert_eq!(sanitize_message(text, &[&secret]), text);
    assert_eq!(
        sanitize_message("words", &[&Secret::new(String::new())]),
        "words"
    );
}

fn endpoint(url: &str, named_by: EndpointSource) -> Endpoint {
    Endpoint {
        url: url.to_owned(),
        named_by,
    }
}

const VENDOR: &str = "https://portal.sso.eu-central-1.amazonaws.com";

fn check(url: &str, named_by: EndpointSource, allowed: &[&str]) -> Result<String, CallError> {
    let hosts = allowed.iter().filter_map(|host| TrustedHost::parse(host));
    let allowed: Vec<_> = hosts.collect();
    let address = Address::check(&endpoint(url, named_by), [VENDOR], &allowed)?;
    Ok(address.below("/x").to_string())
}

fn is_allowed(url: &str, named_by: EndpointSource) -> bool {
    check(url, named_by, &[]).is_ok()
}

#[test]
fn a_host_is_allowed_with_its_port_or_without() {
    for (allowed, is_allowed) in [
        ("own.example", true),
        ("own.example:8443", true),
        ("own.example:8444", false),
        ("other.example", false),
    ] {
        let answer = check(
            "https://own.example:8443",
            EndpointSource::Configuration,
            &[allowed],
        );
        assert_eq!(answer.is_ok(), is_allowed, "{allowed}");
    }
}

#[test]
fn plain_http_goes_to_loopback_only() {
    for url in [
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:1",
        "http://localhost:1",
    ] {
        assert!(is_allowed(url, EndpointSource::Environment), "{url}");
        assert!(
            !is_allowed(url, EndpointSource::Configuration),
            "{url}: anybody can listen there"
        );
        let host = endpoint(url, EndpointSource::Configuration).host();
        assert!(
            check(url, EndpointSource::Configuration, &[&host]).is_ok(),
            "{url}"
        );
    }
    for url in [
        "http://10.0.0.1",
        "http://localhost.evil.com",
        "http://portal.sso.eu-central-1.amazonaws.com",
        "ftp://127.0.0.1",
        "http://[::ffff:127.0.0.1]",
    ] {
        assert!(!is_allowed(url, EndpointSource::Environment), "{url}");
    }
    let pinned = check("http://localhost:81/", EndpointSource::Environment, &[]);
    assert_eq!(pinned.as_deref(), Ok("http://127.0.0.1:81/x"));
}

#[test]
fn who_names_a_host_decides() {
    assert!(
        is_allowed(VENDOR, EndpointSource::Vendor)
            && is_allowed(VENDOR, EndpointSource::Configuration)
    );
    assert!(is_allowed(
        "https://portal.corp.example",
        EndpointSource::Environment
    ));
    for url in [
        "https://portal.sso.eu-west-1.amazonaws.com",
        "https://portal.sso.eu-central-1.amazonaws.com:8443",
        "https://portal.sso.eu-central-1.amazonaws.com.evil.com",
    ] {
        assert!(!is_allowed(url, EndpointSource::Vendor), "{url}");
        assert!(!is_allowed(url, EndpointSource::Configuration), "{url}");
    }
    let asked = "https://Portal.corp.example:8443/x";
    assert_eq!(
        check(asked, EndpointSource::Configuration, &[]),
        Err(CallError::NotAllowed {
            host: "portal.corp.example:8443".to_owned(),
            why: "only a configuration file names it"
        })
    );
    assert!(
        check(
            asked,
            EndpointSource::Configuration,
            &["portal.corp.example"]
        )
        .is_ok()
    );
}

#[test]
fn addresses_with_misleading_parts_are_refused() {
    for url in [
        "https://portal.sso.eu-central-1.amazonaws.com@evil.com",
        "https://user@127.0.0.1",
        "https://127.0.0.1/?x",
        "https://127.0.0.1/#x",
        "not an address",
        "data:x",
    ] {
        assert!(!is_allowed(url, EndpointSource::Environment), "{url}");
    }
}

#[test]
fn path_of_an_address_stays_before_that_of_a_request() {
    let url = "https://git.corp.example/api/v3/";
    let address = check(url, EndpointSource::Environment, &[]);
    assert_eq!(address.as_deref(), Ok("https://git.corp.example/api/v3/x"));
    let query = Address::parse(url)
        .unwrap()
        .below("/repositories?per_page=1");
    assert_eq!(
        query.as_str(),
        "https://git.corp.example/api/v3/repositories?per_page=1"
    );
}
