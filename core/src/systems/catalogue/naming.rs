//! Whose a credential is: the templates of an entry, filled in with what stands beside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::formats::{
    Document, Member, MemberPath, Node, TOKEN, hide_passwords, is_token_of_user, percent_decoded,
};

/// What a template can name.
pub(super) struct Surroundings<'s> {
    /// The file, where it is of a format.
    pub(super) document: Option<&'s Document>,
    /// The credential, where it is a member.
    pub(super) member: Option<&'s Member<'s>>,
    /// What the wildcards of the path stand for.
    pub(super) path_captures: &'s [String],
    /// Other texts, by name.
    pub(super) names: &'s [(String, String)],
}

impl<'s> Surroundings<'s> {
    /// The name by the first template that can be filled in.
    pub(super) fn fill_first(&self, templates: &[&str]) -> Option<String> {
        let name = templates.iter().find_map(|template| self.fill(template))?;
        Some(hide_passwords(&name))
    }

    /// A template with its places filled in; `None` if there is no text for one of them.
    fn fill(&self, template: &str) -> Option<String> {
        let mut name = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            name.push_str(before);
            let (place, after) = after.split_once('}')?;
            let (place, filter) = place.split_once('|').unwrap_or((place, ""));
            let text = self.text_at(place)?;
            let text = filter_text(&text, filter)?;
            // Some servers take a token where the user stands, and no name may show one.
            if is_place_of_user(place, filter) && is_token_of_user(&text) {
                name.push_str(TOKEN);
            } else {
                name.push_str(&text);
            }
            rest = after;
        }
        name.push_str(rest);
        Some(name).filter(|name| !name.is_empty())
    }

    fn text_at(&self, place: &str) -> Option<String> {
        if let Some((_, text)) = self.names.iter().find(|(name, _)| name == place) {
            return Some(text.clone()).filter(|text| !text.is_empty());
        }
        if let Ok(number) = place.parse::<usize>() {
            return self.member?.captures.get(number.checked_sub(1)?).cloned();
        }
        if let Some(number) = place.strip_prefix("path") {
            let number: usize = number.parse().ok()?;
            return self.path_captures.get(number.checked_sub(1)?).cloned();
        }
        match place {
            "value" => return read_scalar(self.member?.value),
            "member" => {
                return Some(self.member?.path.name().to_owned()).filter(|name| !name.is_empty());
            }
            _ => {}
        }
        read_scalar(self.node_at(place)?)
    }

    /// The value at a place: beside the credential, above it, or from the top.
    pub(super) fn node_at(&self, place: &str) -> Option<&'s Node> {
        let document = self.document?;
        if let Some(way) = place.strip_prefix('/') {
            let at = |way: &str| {
                way.split('.')
                    .try_fold(document.root(), |node, key| node.get(key))
            };
            let Some((group, rest)) = way.split_once('*') else {
                return at(way);
            };
            let (key, wanted) = rest.split_once('.')?;
            let own = self.node_at(key)?.scalar()?;
            let group = at(group)?;
            let members = group.members().map(|(_, member)| member);
            let mut entries = members.chain(group.elements());
            let same = entries.find(|entry| entry.get(key).and_then(Node::scalar) == Some(own));
            return same?.get(wanted);
        }
        let member = self.member?;
        let key = place.trim_start_matches('^');
        let mut levels = place.len() - key.len();
        let mut steps = member.path.steps();
        // What is a group itself has its texts inside.
        if levels == 0 && member.value.members().next().is_some() {
            return get_deep(member.value, key);
        }
        levels += 1;
        for _ in 0..levels {
            let (_, above) = steps.split_last()?;
            steps = above;
        }
        let group = if steps.is_empty() {
            document.root()
        } else {
            document.get(&MemberPath::new(steps.to_vec()))?
        };
        get_deep(group, key)
    }
}

/// The member of this name, else the one that its dots lead to.
fn get_deep<'n>(group: &'n Node, key: &str) -> Option<&'n Node> {
    let direct = group.get(key);
    direct.or_else(|| key.split('.').try_fold(group, |node, key| node.get(key)))
}

fn read_scalar(node: &Node) -> Option<String> {
    let text = node.scalar()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a place of a template is the name of a user.
fn is_place_of_user(place: &str, filter: &str) -> bool {
    let key = place.trim_start_matches(['^', '/']);
    let key = key.rsplit('.').next().unwrap_or(key).to_ascii_lowercase();
    matches!(filter, "user" | "basic")
        || ["user", "login", "account"]
            .iter()
            .any(|part| key.contains(part))
}

/// A text after its filter.
fn filter_text(text: &str, filter: &str) -> Option<String> {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let after_scheme = after_scheme.trim_start_matches('/');
    match filter {
        "" => Some(text.to_owned()),
        "host" => {
            let authority = after_scheme.split(['/', '?', '#']).next()?;
            let host = authority.rsplit('@').next()?;
            (!host.is_empty()).then(|| host.to_owned())
        }
        "registry" => {
            let place = after_scheme.rsplit('@').next()?.trim_end_matches('/');
            (!place.is_empty()).then(|| place.to_owned())
        }
        "user" => {
            let authority = after_scheme.split(['/', '?', '#']).next()?;
            let (user, _) = authority.rsplit_once('@')?;
            let user = user.split(':').next()?;
            (!user.is_empty()).then(|| user.to_owned())
        }
        "decode" => {
            let text = percent_decoded(text);
            (!text.is_empty()).then_some(text)
        }
        "basic" => {
            let bytes = STANDARD.decode(text).ok()?;
            let pair = String::from_utf8(bytes).ok()?;
            let (user, _) = pair.split_once(':')?;
            (!user.is_empty()).then(|| user.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Format, Pattern};

    fn named(text: &str, select: &str, templates: &[&str]) -> Vec<Option<String>> {
        let document = Format::Json.read(text.as_bytes()).unwrap();
        let pattern: Pattern = select.parse().unwrap();
        let members = document.select(&pattern);
        let name = |member: &Member<'_>| {
            let surroundings = Surroundings {
                document: Some(&document),
                member: Some(member),
                path_captures: &["work".to_owned()],
                names: &[],
            };
            surroundings.fill_first(templates)
        };
        members.iter().map(name).collect()
    }

    #[test]
    fn templates_are_filled_in_with_what_stands_there() {
        let text = r#"{"me": {"mail": "a@x.example"}, "hosts": {"git.example": {"user": "ana", "token": "FAKE",
            "auth": "YWxpY2U6RkFLRQ==", "api": "https://bob:FAKE@api.example/v1"}}}"#;
        let one = |select: &str, template: &str| named(text, select, &[template]).remove(0);
        let text_of = |text: &str| Some(text.to_owned());
        assert_eq!(
            one("hosts.*.token", "{user}@{1}"),
            text_of("ana@git.example")
        );
        assert_eq!(
            one("hosts.*.auth", "{value|basic}@{1}"),
            text_of("alice@git.example")
        );
        assert_eq!(
            one("hosts.*.api", "{value|user} {value|host}"),
            text_of("bob api.example")
        );
        assert_eq!(
            one("hosts.*.api", "{value|registry}"),
            text_of("api.example/v1")
        );
        assert_eq!(one("hosts.*", "{user}"), text_of("ana"));
        assert_eq!(
            one("hosts.*.token", "{/me.mail} in {path1}"),
            text_of("a@x.example in work")
        );
        assert_eq!(one("hosts.*.token", "{^git.example}"), None);
        assert_eq!(one("me.mail", "{^hosts}"), None);
        assert_eq!(one("hosts.*.token", "{nobody}"), None);
        assert_eq!(
            named(text, "hosts.*.token", &["{nobody}", "{1}"]),
            [text_of("git.example")]
        );
    }
}
