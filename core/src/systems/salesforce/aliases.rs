//! `S/alias.json`: `{"orgs":{"<alias>":"<username>"}}`, one line without spaces or a final newline.

use serde_json::{Map, Value};

use super::{NotAnObject, parse_object};

/// The file's name in S.
pub const FILE: &str = "alias.json";

/// The group of the file that holds the aliases of orgs.
pub const GROUP: &str = "orgs";

/// Aliases in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(Vec<(String, String)>);

impl Aliases {
    /// The aliases in a file. A missing group is an empty one.
    ///
    /// # Errors
    ///
    /// [`NotAnObject`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAnObject> {
        let document = parse_object(bytes)?;
        let orgs = document.get(GROUP).and_then(Value::as_object);
        let pairs = orgs.into_iter().flatten();
        Ok(Self(
            pairs
                .filter_map(|(alias, user)| Some((alias.clone(), user.as_str()?.to_owned())))
                .collect(),
        ))
    }

    /// The user name that an alias stands for.
    pub fn resolve(&self, alias: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(name, _)| name == alias)?;
        Some(&pair.1)
    }

    /// The aliases of a user, in the order of the file. The real client takes the first for
    /// defaults and shows the last.
    pub fn of<'a>(&'a self, username: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        let pairs = self.0.iter().filter(move |(_, user)| user == username);
        pairs.map(|(alias, _)| alias.as_str())
    }

    /// All of them: alias and user name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(alias, user)| (alias.as_str(), user.as_str()))
    }
}

/// The file with one alias set; everything else stays.
///
/// # Errors
///
/// [`NotAnObject`].
pub fn with_alias(
    bytes: Option<&[u8]>,
    alias: &str,
    username: &str,
) -> Result<Vec<u8>, NotAnObject> {
    let mut document = match bytes {
        // The real client makes an empty file while it holds the lock.
        Some(bytes) if !bytes.trim_ascii().is_empty() => parse_object(bytes)?,
        _ => Map::new(),
    };
    let group = document
        .entry(GROUP)
        .or_insert_with(|| Value::Object(Map::new()));
    if !group.is_object() {
        *group = Value::Object(Map::new());
    }
    if let Some(orgs) = group.as_object_mut() {
        orgs.insert(alias.to_owned(), username.into());
    }
    Ok(serde_json::to_vec(&document).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_read_in_their_order() {
        let text = br#"{"orgs":{"z":"a@b.example","n":1,"a":"a@b.example","c":"c@b.example"}}"#;
        let aliases = Aliases::parse(text).unwrap();
        assert_eq!(aliases.resolve("c"), Some("c@b.example"));
        assert_eq!(aliases.resolve("n"), None);
        assert_eq!(aliases.of("a@b.example").collect::<Vec<_>>(), ["z", "a"]);
        assert_eq!(aliases.iter().count(), 3);
        assert_eq!(Aliases::parse(b"{}").unwrap(), Aliases::default());
        assert!(Aliases::parse(b"[").is_err());
    }

    #[test]
    fn an_alias_is_set_and_nothing_else() {
        let set = |bytes: Option<&[u8]>| {
            String::from_utf8(with_alias(bytes, "new", "a@b.example").unwrap()).unwrap()
        };
        let alone = r#"{"orgs":{"new":"a@b.example"}}"#;
        assert_eq!(set(None), alone);
        assert_eq!(set(Some(b" ")), alone);
        assert_eq!(
            set(Some(
                br#"{"x":1,"orgs":{"old":"o@b.example","new":"n@b.example"}}"#
            )),
            r#"{"x":1,"orgs":{"old":"o@b.example","new":"a@b.example"}}"#
        );
        assert!(with_alias(Some(b"{\"orgs\""), "a", "b").is_err());
    }
}
