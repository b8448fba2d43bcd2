//! What a SAML identity provider answered: it posts its answer to AWS's own page, which no program can
//! listen at, so the person hands it over.
//!
//! Source: AWS IAM User Guide, "Configure SAML assertions for the authentication response".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::Event;
use zeroize::Zeroizing;

use super::person::Question;
use super::{SignIn, SignInError};
use crate::atmos::config::Provider;
use crate::secret::Secret;

const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";

/// Most bytes of an answer.
const LIMIT: usize = 1 << 20;

/// The part of an answer that one role is assumed with.
pub(super) struct SamlAnswer {
    /// The answer as it was handed over, Base64.
    pub(super) assertion: Secret,
    /// The ARN of the identity provider in AWS.
    pub(super) provider: String,
    /// How long it wants the session to last, in seconds.
    pub(super) seconds: Option<i32>,
}

/// The attributes that AWS reads.
#[derive(Debug, Default, PartialEq, Eq)]
struct Attributes {
    /// Role and provider of each pair.
    roles: Vec<(String, String)>,
    seconds: Option<i32>,
}

impl SignIn<'_> {
    /// The answer for a role; it has to be one of those that the answer names.
    pub(super) fn saml_answer(
        &self,
        provider: &Provider,
        role: &str,
    ) -> Result<SamlAnswer, SignInError> {
        let name = &provider.name.written;
        let what = || format!("the answer of the identity provider \"{name}\"");
        if !self.may_ask {
            return Err(SignInError::NeedsPerson { what: what() });
        }
        let question = Question::SamlResponse {
            provider: name,
            page: provider.url().unwrap_or_default(),
        };
        let handed = self.person.ask(question);
        let handed = handed.map_err(|why| SignInError::Unanswered { what: what(), why })?;
        let unusable = |why: String| SignInError::Unusable { what: what(), why };
        let text = read_form(&handed);
        let attributes = parse(text.expose()).map_err(|why| unusable(why.to_owned()))?;
        let pair = attributes.roles.iter().find(|(found, _)| found == role);
        let Some((_, provider)) = pair else {
            let roles: Vec<&str> = attributes
                .roles
                .iter()
                .map(|(role, _)| role.as_str())
                .collect();
            let roles = if roles.is_empty() {
                "no role".to_owned()
            } else {
                roles.join(", ")
            };
            return Err(unusable(format!("it is not for {role}, but for {roles}")));
        };
        Ok(SamlAnswer {
            provider: provider.clone(),
            seconds: attributes.seconds,
            assertion: text,
        })
    }
}

/// The Base64 text, which people also hand over as the form that the page posts: `SAMLResponse=…`.
fn read_form(handed: &Secret) -> Secret {
    let text = handed.expose().trim();
    let Some(form) = text.strip_prefix("SAMLResponse=") else {
        let plain: String = text.split_whitespace().collect();
        return Secret::new(plain);
    };
    let value = form.split('&').next().unwrap_or_default();
    let pair = format!("v={value}");
    let mut decoded = url::form_urlencoded::parse(pair.as_bytes());
    Secret::new(
        decoded
            .next()
            .map_or_else(String::new, |(_, value)| value.into_owned()),
    )
}

fn parse(text: &str) -> Result<Attributes, &'static str> {
    if text.len() > LIMIT {
        return Err("it is too large");
    }
    let bytes = STANDARD.decode(text).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "it is not the Base64 text of a SAML response")?;
    let xml = std::str::from_utf8(&bytes).map_err(|_| "it is no SAML response")?;
    let mut reader = Reader::from_str(xml);
    let mut attributes = Attributes::default();
    let mut name: Option<String> = None;
    let mut value: Option<String> = None;
    let mut is_response = false;
    loop {
        match reader.read_event().map_err(|_| "it is no SAML response")? {
            Event::Eof => break,
            Event::DocType(_) => return Err("it declares entities"),
            Event::Start(element) => match element.local_name().as_ref() {
                "Response" => is_response = true,
                "Attribute" => {
                    let named = element.try_get_attribute("Name").ok().flatten();
                    name = named.map(|named| named.value.into_owned());
                }
                "AttributeValue" => value = Some(String::new()),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(value) = &mut value {
                    value.push_str(&text);
                }
            }
            Event::End(element) => match element.local_name().as_ref() {
                "AttributeValue" => {
                    let named = name
                        .as_deref()
                        .and_then(|name| name.strip_prefix(ATTRIBUTES));
                    if let (Some(named), Some(value)) = (named, value.take()) {
                        attributes.add(named, value.trim());
                    }
                }
                "Attribute" => name = None,
                _ => {}
            },
            _ => {}
        }
    }
    if is_response {
        Ok(attributes)
    } else {
        Err("it is no SAML response")
    }
}

impl Attributes {
    fn add(&mut self, name: &str, value: &str) {
        match name {
            "Role" => {
                let mut parts = value.split(',').map(str::trim);
                // The two stand in either order.
                if let (Some(one), Some(other)) = (parts.next(), parts.next()) {
                    let is_provider = |arn: &str| arn.contains(":saml-provider/");
                    let (role, provider) = if is_provider(one) {
                        (other, one)
                    } else {
                        (one, other)
                    };
                    self.roles.push((role.to_owned(), provider.to_owned()));
                }
            }
            "SessionDuration" => {
                let seconds: Option<i32> = value.parse().ok();
                self.seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_an_answer_are_read_in_either_order() {
        let xml = r#"<?xml version="1.0"?><samlp:Response xmlns:samlp="p" xmlns:s="a"><s:Assertion>
            <s:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">
            <s:AttributeValue x:type="t">arn:aws:iam::1:role/dev,arn:aws:iam::1:saml-provider/idp</s:AttributeValue>
            <s:AttributeValue>arn:aws:iam::1:saml-provider/idp,arn:aws:iam::1:role/admin</s:AttributeValue>
            </s:Attribute><s:Attribute Name="https://aws.amazon.com/SAML/Attributes/SessionDuration">
            <s:AttributeValue>7200</s:AttributeValue></s:Attribute></s:Assertion></samlp:Response>"#;
        let provider = "arn:aws:iam::1:saml-provider/idp".to_owned();
        let expected = Attributes {
            roles: vec![
                ("arn:aws:iam::1:role/dev".to_owned(), provider.clone()),
                ("arn:aws:iam::1:role/admin".to_owned(), provider),
            ],
            seconds: Some(7200),
        };
        assert_eq!(parse(&STANDARD.encode(xml)), Ok(expected));
        for wrong in ["", "FAKE", "PGh0bWw+", "PCFET0NUWVBFIHg+PFJlc3BvbnNlLz4="] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answer_may_be_the_form_that_the_page_posts() {
        for handed in ["QUJD\n", "SAMLResponse=QUJD&RelayState=", "QU\nJD"] {
            let text = read_form(&Secret::new(handed.to_owned()));
            assert_eq!(text.expose(), "QUJD");
        }
    }
}
