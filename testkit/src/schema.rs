//! Whether a JSON document agrees with one of the published schemas.

use serde_json::Value;

/// What in the document the schema does not allow, each with where it is (`$.steps[0].kind`); empty
/// if it agrees.
///
/// Knows the keywords that our schemas use: `type`, `const`, `enum`, `minimum`, `maximum`,
/// `required`, `properties`, `items`. `$schema`, `title`, `description` and `format` say nothing about
/// validity here. Any other keyword is a panic, because passing over it would let everything through.
pub fn violations(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, document, "$", &mut found);
    found
}

fn check(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let agrees = match keyword.as_str() {
            "$schema" | "title" | "description" | "format" => true,
            "type" => type_agrees(rule, value),
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64() >= rule.as_f64(),
            "maximum" => value.as_f64() <= rule.as_f64(),
            "required" => {
                let missing = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                let missing: Vec<_> = rule.as_array().unwrap().iter().filter(missing).collect();
                if value.is_object() && !missing.is_empty() {
                    found.push(format!("{at}: lacks {missing:?}"));
                }
                true
            }
            "properties" => {
                for (name, inner) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        check(inner, member, &format!("{at}.{name}"), found);
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{at}[{index}]"), found);
                }
                true
            }
            other => panic!("this check does not know the keyword `{other}`"),
        };
        if !agrees {
            found.push(format!("{at}: {value} is not of {keyword} {rule}"));
        }
    }
}

fn type_agrees(rule: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("this check does not know the type `{other}`"),
    };
    rule.as_array()
        .map_or_else(|| is(rule), |names| names.iter().any(is))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn violations_are_found_at_every_depth() {
        let schema = json!({
            "type": "object",
            "required": ["version", "steps"],
            "properties": {
                "version": { "const": 1 },
                "steps": { "type": "array", "items": { "enum": ["a", null] } },
                "count": { "type": "integer", "minimum": 0 },
                "name": { "type": ["string", "null"] },
            },
        });
        let good = json!({ "version": 1, "steps": ["a", null], "count": 0, "more": true });
        assert_eq!(violations(&schema, &good), Vec::<String>::new());
        let bad = json!({ "version": 2, "steps": ["b"], "count": -1, "name": 1 });
        assert_eq!(violations(&schema, &bad).len(), 4);
        assert_eq!(
            violations(&schema, &json!({ "version": 1 })),
            ["$: lacks [String(\"steps\")]"]
        );
        assert_eq!(violations(&schema, &json!([])).len(), 1);
    }
}
