//! Passwords of servers in the Secret Service: their attributes as one URL, and back.

/// The URL of an item: `https://git.example.test:8443/path`. `None` if it does not say its protocol.
pub(super) fn url(server: &str, attribute: impl Fn(&str) -> Option<String>) -> Option<String> {
    let protocol = attribute("protocol").filter(|protocol| !protocol.is_empty())?;
    let part = |name: &str, sign: char| {
        let value = attribute(name).filter(|value| !value.is_empty());
        value.map_or_else(String::new, |value| format!("{sign}{value}"))
    };
    let (door, way) = (part("port", ':'), part("object", '/'));
    // An address with colons of its own.
    let host = if server.contains(':') {
        format!("[{server}]")
    } else {
        server.to_owned()
    };
    Some(format!("{protocol}://{host}{door}{way}"))
}

/// The attributes of the item of that URL.
#[cfg_attr(
    not(any(test, all(unix, not(target_vendor = "apple")))),
    expect(dead_code, reason = "used with the Secret Service only")
)]
pub(super) fn attributes(url: &str) -> Vec<(&'static str, &str)> {
    let Some((protocol, rest)) = url.split_once("://") else {
        return vec![("server", url)];
    };
    let (host, object) = rest
        .split_once('/')
        .map_or((rest, None), |(host, object)| (host, Some(object)));
    let port = host
        .rsplit_once(':')
        .filter(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let (server, port) = port.map_or((host, None), |(server, port)| (server, Some(port)));
    let inner = server
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let all = [
        ("protocol", Some(protocol)),
        ("server", Some(inner.unwrap_or(server))),
        ("port", port),
        ("object", object),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_the_attributes_that_it_was_made_of() {
        for given in [
            &[("protocol", "https"), ("server", "a.example.test")][..],
            &[("protocol", "http"), ("server", "a"), ("port", "80")],
            &[
                ("protocol", "https"),
                ("server", "::1"),
                ("object", "x/y:1"),
            ],
            &[("protocol", "https"), ("server", "[::1]"), ("port", "8443")],
        ] {
            let attribute = |name: &str| {
                let found = given.iter().find(|(named, _)| *named == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let url = url(given[1].1, attribute).unwrap();
            assert_eq!(attributes(&url), given, "{url}");
        }
        assert_eq!(url("a.example.test", |_| None), None);
    }
}
