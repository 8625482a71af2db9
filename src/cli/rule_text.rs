//! Rules of faults as TOML text.

use serde_json::Value;

/// A file of these rules.
pub(super) fn file(rules: &[Value]) -> String {
    let mut text = String::new();
    for rule in rules {
        text.push_str("[[fault]]\n");
        for (key, value) in rule.as_object().into_iter().flatten() {
            text.push_str(key);
            text.push_str(" = ");
            text.push_str(&inline(value));
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// A value on one line. TOML's basic strings have the escapes of JSON.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(key, value)| format!("{} = {}", Value::String(key.clone()), inline(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let rules = [
            json!({"at": "in", "key": "1/1/1/in/1/MESSAGE#3", "do": "replace", "frame": {"action": 15, "a \"b\"": [1, "x\n"]}}),
            json!({"at": "answer", "do": "answer", "status": 503}),
        ];
        let text = file(&rules);
        let read: Value = toml::from_str(&text).unwrap();
        assert_eq!(read, json!({"fault": rules}), "{text}");
    }
}
