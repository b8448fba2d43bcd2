//! Whether a text is a secret by its form, whatever it is called: one answer for every mask.

use url::Url;

use super::secret::is_secret;

/// The fewest letters and digits in a row that are taken for drawn by lot.
const SHORTEST_RANDOM: usize = 20;
/// The same where small letters, capitals and digits are mixed, which no name does.
const SHORTEST_MIXED: usize = 16;

/// Last words of names that stand for something public, however random it looks.
const PUBLIC: &[&str] = &["arn", "fingerprint", "id", "ids", "thumbprint", "version"];

/// Whether what stands under a name is never shown: by its name, or by its own form.
pub fn is_hidden(name: &str, value: &str) -> bool {
    let last = name.rsplit(|character: char| !character.is_ascii_alphanumeric());
    let last = last
        .into_iter()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    // `clientId` is two words.
    let is_public = PUBLIC.contains(&last.as_str()) || name.ends_with("Id");
    is_secret(name) || (!is_public && looks_secret(value))
}

/// Whether a text is made as secrets are: a key in PEM, a connection string, a user with a password, an
/// address that lets in whoever has it, a web token, or letters and digits drawn by lot.
pub fn looks_secret(value: &str) -> bool {
    let value = value.trim();
    if value.contains("-----BEGIN ") || is_session_of_an_org(value) || has_secret_pair(value) {
        return true;
    }
    if value.contains(char::is_whitespace) {
        return value.split_whitespace().any(looks_secret);
    }
    match Url::parse(value) {
        Ok(url) if url.has_host() => lets_in(&url),
        _ => is_user_with_password(value) || is_web_token(value) || is_random(value),
    }
}

/// `00D…!…`, and the address that signs in to an org.
fn is_session_of_an_org(value: &str) -> bool {
    value.contains("force://")
        || (value.starts_with("00D") && value.len() > 18 && value.contains('!'))
}

/// `AccountKey=…;`, `password=…&`: parts with a secret's name.
fn has_secret_pair(value: &str) -> bool {
    // The query of an address begins behind its `?`.
    let parts = value.split([';', '&', '?', ' ', ',']);
    let mut pairs = parts.filter_map(|part| part.split_once('='));
    pairs.any(|(name, rest)| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte);
        let name = name.trim();
        !rest.is_empty() && !name.is_empty() && name.bytes().all(is_name) && {
            name.eq_ignore_ascii_case("sig") || is_secret(name)
        }
    })
}

/// An address with a user, or with a part drawn by lot.
fn lets_in(url: &Url) -> bool {
    let parts = url.path().split('/');
    let query = url
        .query()
        .into_iter()
        .flat_map(|query| query.split(['&', '=']));
    let fragment = url.fragment().into_iter();
    !url.username().is_empty()
        || url.password().is_some()
        || parts.chain(query).chain(fragment).any(is_random)
}

/// `user:password`: one colon, and behind it what no name is made of.
fn is_user_with_password(value: &str) -> bool {
    let Some((user, password)) = value.split_once(':') else {
        return false;
    };
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte);
    let has = |is: fn(&u8) -> bool| password.as_bytes().iter().any(is);
    let (small, capital) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    let has_digit = has(u8::is_ascii_digit);
    let has_sign = has(|byte: &u8| !byte.is_ascii_alphanumeric());
    let is_mixed = (has_digit && (small || capital)) || (small && capital && has_sign);
    !user.is_empty()
        && user.bytes().all(is_user)
        && password.len() >= 6
        && !password.contains([':', '/'])
        && is_mixed
}

/// Three parts in base64, the first of them JSON.
fn is_web_token(value: &str) -> bool {
    value.starts_with("eyJ") && value.split('.').count() >= 2
}

/// Whether a part of it is letters and digits drawn by lot. The id of a tenant, which has hyphens at its
/// places, is none, nor is a host's name.
fn is_random(value: &str) -> bool {
    if is_uuid(value) {
        return false;
    }
    let mut parts = value.split(|character: char| !character.is_ascii_alphanumeric());
    parts.any(|part| {
        let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
        let (small, capital) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
        let digit = has(u8::is_ascii_digit);
        let is_mixed = small && capital && digit;
        (part.len() >= SHORTEST_RANDOM && digit && (small || capital))
            || (part.len() >= SHORTEST_MIXED && is_mixed)
    })
}

fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && value
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made when the test runs, so that no real token's form stands in this file.
    fn drawn(length: usize) -> String {
        "q7Zk2Xw9Lm4Rt6Vb".chars().cycle().take(length).collect()
    }

    #[test]
    fn secrets_are_told_by_their_form() {
        let long = drawn(40);
        for value in [
            "-----BEGIN FAKE KEY-----\nFAKE\n-----END FAKE KEY-----".to_owned(),
            "Endpoint=https://x.example;AccountKey=FAKE".to_owned(),
            "Server=db;User Id=sa;Password=FAKE-one;".to_owned(),
            "host=db user=ana password=FAKE".to_owned(),
            "ana:FAKE-pass1".to_owned(),
            "https://ana@host.example/x".to_owned(),
            "https://ana:FAKE@host.example".to_owned(),
            "postgres://ana:FAKE@db.example/x".to_owned(),
            format!("https://hooks.example/services/T0/B0/{long}"),
            format!("https://blob.example/x?sv=1&sig={long}"),
            "https://host.example/x?token=FAKE".to_owned(),
            "eyJhbGciOiJub25lIn0.eyJGQUtFIjoxfQ.".to_owned(),
            long.clone(),
            format!("fake_{}", drawn(24)),
            format!("Bearer {long}"),
            "0123456789abcdef".repeat(2),
            "00DFX0000000001!FAKE.access".to_owned(),
        ] {
            assert!(looks_secret(&value), "{value}");
        }
    }

    #[test]
    fn names_and_addresses_are_none() {
        for value in [
            "",
            "eu-west-3",
            "210000000001",
            "arn:aws:iam::210000000002:role/deployer",
            "https://acme.awsapps.com/start",
            "https://login.example/0a1b2c3d-0000-1111-2222-333344445555/v2.0",
            "0a1b2c3d-0000-1111-2222-333344445555",
            "acme-prod-123456",
            "my-service@acme-prod-123456.iam.gserviceaccount.com",
            "210000000001.dkr.ecr.eu-west-3.amazonaws.com",
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p",
            "localhost:8080",
            "repo:acme/app:ref",
            "system:codex",
            "PowerUserAccessForEverybody",
            "1h30m",
            "~/.config/atmos/acme",
            "2026-11-21T08:30:00Z",
        ] {
            assert!(!looks_secret(value), "{value}");
        }
    }

    #[test]
    fn public_names_show_what_looks_random() {
        let value = drawn(24);
        for name in ["client_id", "clientId", "CLIENT_ID", "role_arn", "id"] {
            assert!(!is_hidden(name, &value), "{name}");
        }
        for name in ["note", "x", "secret_id", "sid"] {
            assert!(is_hidden(name, &value), "{name}");
        }
    }
}
