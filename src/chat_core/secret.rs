//! A secret as people write it in files: the text itself, or where it stands.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A secret: its text, `{ env = "NAME" }` for that of an environment variable, `{ file = "PATH" }` for that of a file.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretForm {
    /// The text itself.
    Text(String),
    /// The text of an environment variable.
    Env(String),
    /// The text of a file, without the line break at its end.
    File(String),
}

impl SecretForm {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Env(_) | Self::File(_) => None,
        }
    }
}

impl Default for SecretForm {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl fmt::Debug for SecretForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("[secret]"),
            Self::Env(name) => write!(f, "[variable {name}]"),
            Self::File(path) => write!(f, "[file {path}]"),
        }
    }
}

impl Serialize for SecretForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for SecretForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = SecretForm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a table with env or file")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretForm, E> {
                Ok(SecretForm::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<SecretForm, A::Error> {
                let wrong =
                    || de::Error::custom("a secret is a string, or a table with env or file");
                let (name, value) = members.next_entry::<String, String>()?.ok_or_else(wrong)?;
                if members.next_key::<String>()?.is_some() {
                    return Err(wrong());
                }
                match name.as_str() {
                    "env" => Ok(SecretForm::Env(value)),
                    "file" => Ok(SecretForm::File(value)),
                    _ => Err(wrong()),
                }
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_a_text_or_a_place_and_never_shown() {
        let read = |value| serde_json::from_value::<SecretForm>(value);
        assert_eq!(read(json!("abc")).unwrap().text(), Some("abc"));
        assert_eq!(
            read(json!({"env": "A"})).unwrap(),
            SecretForm::Env("A".to_owned())
        );
        assert_eq!(
            read(json!({"file": "a"})).unwrap(),
            SecretForm::File("a".to_owned())
        );
        for bad in [
            json!({}),
            json!({"env": "A", "file": "b"}),
            json!({"x": "A"}),
            json!(1),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(format!("{:?}", read(json!("abc")).unwrap()), "[secret]");
    }
}
