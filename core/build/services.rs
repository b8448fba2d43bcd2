//! Turns the calls of the catalogue's entries into statics.

use std::error::Error;
use std::fmt::Write as _;

use crate::entry::{Entry, Service};
use crate::remote::call::{Answers, Authorization, Body, Content, Fields, HttpCall, Method, Text};

/// The name of the static of a service.
fn name(entry: &Entry, service: &str) -> String {
    let plain = |text: &str| text.to_uppercase().replace('-', "_");
    format!("{}__{}", plain(&entry.id), plain(service))
}

/// References to these services of an entry, for a list.
pub(crate) fn references(entry: &Entry, services: &[String]) -> String {
    let services = services.iter();
    let references = services.map(|service| format!("&services::{}", name(entry, service)));
    references.collect::<Vec<_>>().join(",")
}

/// The statics of all services.
pub(crate) fn statics(entries: &[Entry]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for entry in entries {
        for service in &entry.service {
            write_service(&mut text, entry, service)?;
        }
    }
    Ok(text)
}

fn write_service(
    text: &mut String,
    entry: &Entry,
    service: &Service,
) -> Result<(), Box<dyn Error>> {
    let values = service.values.iter();
    let values = values.map(|(name, templates)| format!("({name:?}, &{templates:?})"));
    let values = values.collect::<Vec<_>>().join(",");
    let only_with = service.only_with.iter();
    let only_with = only_with.map(|(place, known)| format!("({place:?}, &{known:?})"));
    let only_with = only_with.collect::<Vec<_>>().join(",");
    let call = |call: &Option<HttpCall>| {
        let written = call.as_ref().map(http_call);
        written.map_or_else(|| "None".to_owned(), |call| format!("Some({call})"))
    };
    let needs_access_token = service.check_with.as_ref().map(|_| {
        format!(
            "{} is asked with an access token, and there is none beside it",
            entry.name
        )
    });
    writeln!(
        text,
        "pub(super) static {}: ToolService = ToolService {{ name: {:?}, documentation: {:?}, \
         recorded: &{:?}, variables: &{:?}, secret: {:?}, tokens: &{:?}, only_with: &[{only_with}], values: &[{values}], shared: {:?}, \
         is_made_by_login: {:?}, check_with: {:?}, http: HttpService {{ address: Cow::Borrowed({:?}), end: {}, ask: {}, \
         is_confirmed_by_asking: {}, needs_access_token: {needs_access_token:?}, what: {:?}, \
         effect: {:?}, page: {:?}, is_own: true }} }};",
        name(entry, &service.name),
        service.name,
        service.documentation,
        service.recorded,
        service.variables,
        service.secret,
        service.tokens,
        service.shared,
        service.made_by_login,
        service.check_with,
        service.address.as_deref().unwrap_or_default(),
        call(&service.end),
        call(&service.check),
        service.confirm,
        service.what,
        format!("ends the {} at {}", service.what, entry.name),
        entry.account_page,
    )?;
    Ok(())
}

fn http_call(call: &HttpCall) -> String {
    let method = match call.method {
        Method::Get => "Get",
        Method::Post => "Post",
        Method::Delete => "Delete",
    };
    let authorization = match &call.authorization {
        Authorization::None => "None".to_owned(),
        Authorization::Bearer => "Bearer".to_owned(),
        Authorization::Basic(user) => format!("Basic({})", borrowed(user)),
        Authorization::Header(name) => format!("Header({})", borrowed(name)),
        Authorization::Scheme(word) => format!("Scheme({})", borrowed(word)),
        Authorization::Cookie(name) => format!("Cookie({})", borrowed(name)),
    };
    let body = match &call.body {
        Body::None => "None".to_owned(),
        Body::Form(of) => format!("Form({})", fields(of)),
        Body::Json(of) => format!("Json({})", fields(of)),
        Body::Document(of) => format!("Document({})", borrowed(of)),
    };
    format!(
        "HttpCall {{ method: Method::{method}, path: {}, authorization: \
         Authorization::{authorization}, body: Body::{body}, headers: {}, yes: {}, unknown: {} }}",
        borrowed(&call.path),
        fields(&call.headers),
        answers(&call.yes),
        answers(&call.unknown),
    )
}

fn borrowed(text: &Text) -> String {
    format!("Cow::Borrowed({:?})", &**text)
}

/// A list in a constant of its own: what would be dropped is not borrowed otherwise.
fn list(kind: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    let items = items.join(",");
    format!("{{ const LIST: &[{kind}] = &[{items}]; Cow::Borrowed(LIST) }}")
}

fn fields(of: &Fields) -> String {
    let pairs = of.iter();
    let pairs = pairs.map(|(name, value)| format!("({}, {})", borrowed(name), borrowed(value)));
    list("(Text, Text)", pairs)
}

fn answers(of: &[Answers]) -> String {
    let of = of.iter();
    let of = of.map(|answer| format!("Answers::new({}, {})", answer.status, content(&answer.body)));
    list("Answers", of)
}

fn content(of: &Content) -> String {
    match of {
        Content::Anything => "Content::Anything".to_owned(),
        Content::Nothing => "Content::Nothing".to_owned(),
        Content::Agreement => "Content::Agreement".to_owned(),
        Content::Object => "Content::Object".to_owned(),
        Content::Document => "Content::Document".to_owned(),
        Content::Errors(errors) => {
            format!(
                "Content::Errors({})",
                list("Text", errors.iter().map(borrowed))
            )
        }
        Content::Member(member) => format!(
            "Content::Member(Member {{ path: {}, is: {} }})",
            borrowed(&member.path),
            list("Text", member.is.iter().map(borrowed)),
        ),
        Content::Text(text) => format!("Content::Text({})", borrowed(text)),
    }
}
