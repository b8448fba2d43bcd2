//! What one text of a document means: a key or a value, `null`, a tag of Atmos's own.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Span, Tag};

use super::{Builder, Exhausted, USED_KEYS};
use crate::atmos::config::diagnostic::Diagnostic;
use crate::atmos::config::entries::{Frame, Pending};
use crate::atmos::config::functions::{
    Evaluated, environment_variable, function_name, shorten_name,
};
use crate::atmos::config::node::{Location, Node, Unset, Value};
use crate::atmos::config::variable::Variable;

impl Builder<'_> {
    /// The name of a tag of Atmos's own; a core tag, like `!!map`, has none.
    pub(super) fn collection_tag<'t>(
        &mut self,
        tag: Option<&'t Tag>,
        location: Location,
    ) -> Option<&'t str> {
        let name = function_name(tag?)?;
        if !matches!(name, "append" | "literal") && self.is_used {
            self.report_function(name, location);
        }
        Some(name)
    }

    fn report_function(&mut self, name: &str, location: Location) {
        let name = shorten_name(name);
        self.problems.push(
            Diagnostic::error(
                "function",
                format!("`!{name}` is never evaluated here: the value counts as not set"),
            )
            .at(location)
            .hint(
                "configuration may run commands or read files only in Atmos itself; \
                 write the value, or use `!env VARIABLE`",
            ),
        );
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<(), Exhausted> {
        let location = self.location(span);
        if let Some(Frame::Mapping { open, .. }) = self.stack.last_mut() {
            match &open.key {
                Pending::None => {
                    if self.stack.len() == 1 {
                        self.is_used = USED_KEYS.iter().any(|key| text.eq_ignore_ascii_case(key));
                    }
                    if anchor != 0 {
                        let key = Node {
                            value: Value::Scalar(text.as_ref().into()),
                            location,
                        };
                        let weight = key.weight();
                        self.spend_copy(weight, span)?;
                        self.anchors.insert(anchor, (key, weight));
                    }
                    self.key(text, style, location);
                    return Ok(());
                }
                Pending::Key(key, _) => self.hidden.note(key, location.bytes()),
                _ => {}
            }
        }
        let value = self.scalar_value(text, style, tag, location);
        self.complete(Node { value, location }, anchor, span)
    }

    fn key(&mut self, text: Cow<'_, str>, style: ScalarStyle, location: Location) {
        if let Some(Frame::Mapping { open, .. }) = self.stack.last_mut() {
            open.key = if style == ScalarStyle::Plain && text == "<<" {
                Pending::Merge
            } else {
                Pending::Key(into_box(text), location)
            };
        }
    }

    fn scalar_value(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        location: Location,
    ) -> Value {
        let is_plain = style == ScalarStyle::Plain;
        let Some(tag) = tag else {
            return if is_plain && is_null(&text) {
                Value::Unset(Unset::Null)
            } else {
                Value::Scalar(into_box(text))
            };
        };
        let Some(name) = function_name(tag) else {
            return if tag.is_yaml_core_schema_tag("null") {
                Value::Unset(Unset::Null)
            } else {
                Value::Scalar(into_box(text))
            };
        };
        match name {
            "env" => match environment_variable(&text, self.environment) {
                Evaluated::Text(text) => Value::Scalar(text.into()),
                Evaluated::Variable(name, value) => {
                    Value::Variable(Box::new(Variable::new(&name, &value)))
                }
                Evaluated::Unset(why) => Value::Unset(why),
                Evaluated::Wrong(how) => {
                    if self.is_used {
                        self.problems.push(
                            Diagnostic::error("function", format!("`!env` {how}"))
                                .at(location)
                                .hint("write `!env VARIABLE` or `!env VARIABLE \"default\"`"),
                        );
                    }
                    Value::Unset(Unset::Function("env".into()))
                }
            },
            "unset" => Value::Unset(Unset::Removed),
            "literal" | "append" => Value::Scalar(into_box(text)),
            _ => {
                if self.is_used {
                    self.report_function(name, location);
                }
                Value::Unset(Unset::Function(shorten_name(name).into()))
            }
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn into_box(text: Cow<'_, str>) -> Box<str> {
    match text {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into_boxed_str(),
    }
}
