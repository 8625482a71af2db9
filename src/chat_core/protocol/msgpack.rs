//! Reading MessagePack. Its bytes come from outside: lengths and nesting are checked before anything is built of them.
//!
//! `undefined`, as the JavaScript SDK writes it (an extension of type 0 with one zero byte), reads as nil; other extensions
//! are refused. rmp-serde, which writes, is not used here: it neither reads `undefined`, nor tells an item from the value
//! that is built of it, so that its reader was compiled anew for each of a hundred types.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer as _, Visitor};

/// The deepest nesting of arrays and maps: that of JSON's reader, since what came in one format goes out in the other.
const MAX_DEPTH: usize = 127;

const NIL: u8 = 0xc0;
const UNDEFINED: [u8; 3] = [0xd4, 0x00, 0x00];

/// Reads the value that `bytes` begin with.
///
/// # Errors
/// Bytes that are cut short, nested too deeply, or of another type than `T`.
pub(super) fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    T::deserialize(&mut Reader {
        rest: bytes,
        depth: MAX_DEPTH,
    })
}

/// The reason why bytes could not be read.
#[derive(Debug)]
pub(super) struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// A scalar, or the head of an array or a map.
enum Item<'de> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'de str),
    Bytes(&'de [u8]),
    Array(usize),
    Map(usize),
    Extension(i8),
}

struct Reader<'de> {
    rest: &'de [u8],
    /// How many more levels may be entered.
    depth: usize,
}

impl<'de> Reader<'de> {
    // A number that was read from one byte has the bits of one, and so on.
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn item(&mut self) -> Result<Item<'de>, Error> {
        Ok(match self.number(1)? as u8 {
            marker @ ..=0x7f => Item::Unsigned(marker.into()),
            marker @ 0x80..=0x8f => self.map(usize::from(marker & 15))?,
            marker @ 0x90..=0x9f => self.array(usize::from(marker & 15))?,
            marker @ 0xa0..=0xbf => self.text(usize::from(marker & 31))?,
            NIL => Item::Nil,
            0xc1 => return Err(Error("0xc1 begins no item".to_owned())),
            marker @ 0xc2..=0xc3 => Item::Bool(marker == 0xc3),
            marker @ 0xc4..=0xc6 => Item::Bytes(self.counted(1 << (marker - 0xc4))?),
            marker @ 0xc7..=0xc9 => {
                let length = self.length(1 << (marker - 0xc7))?;
                self.extension(length)?
            }
            0xca => Item::Float(f32::from_bits(self.number(4)? as u32).into()),
            0xcb => Item::Float(f64::from_bits(self.number(8)?)),
            marker @ 0xcc..=0xcf => Item::Unsigned(self.number(1 << (marker - 0xcc))?),
            0xd0 => Item::Signed((self.number(1)? as i8).into()),
            0xd1 => Item::Signed((self.number(2)? as i16).into()),
            0xd2 => Item::Signed((self.number(4)? as i32).into()),
            0xd3 => Item::Signed(self.number(8)? as i64),
            marker @ 0xd4..=0xd8 => self.extension(1 << (marker - 0xd4))?,
            marker @ 0xd9..=0xdb => {
                let length = self.length(1 << (marker - 0xd9))?;
                self.text(length)?
            }
            marker @ 0xdc..=0xdd => {
                let length = self.length(2 << (marker - 0xdc))?;
                self.array(length)?
            }
            marker @ 0xde..=0xdf => {
                let length = self.length(2 << (marker - 0xde))?;
                self.map(length)?
            }
            marker @ 0xe0.. => Item::Signed((marker as i8).into()),
        })
    }

    fn take(&mut self, length: usize) -> Result<&'de [u8], Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| Error("it is cut short".to_owned()))?;
        self.rest = rest;
        Ok(taken)
    }

    /// Reads a big-endian number of `width` bytes.
    fn number(&mut self, width: usize) -> Result<u64, Error> {
        let digits = self.take(width)?.iter();
        Ok(digits.fold(0, |number, digit| number << 8 | u64::from(*digit)))
    }

    fn length(&mut self, width: usize) -> Result<usize, Error> {
        let length = self.number(width)?;
        usize::try_from(length).map_err(de::Error::custom)
    }

    fn counted(&mut self, width: usize) -> Result<&'de [u8], Error> {
        let length = self.length(width)?;
        self.take(length)
    }

    /// Reads a text; one that is not UTF-8 is bytes.
    fn text(&mut self, length: usize) -> Result<Item<'de>, Error> {
        let bytes = self.take(length)?;
        Ok(std::str::from_utf8(bytes).map_or(Item::Bytes(bytes), Item::Text))
    }

    fn array(&self, length: usize) -> Result<Item<'de>, Error> {
        self.check(length)?;
        Ok(Item::Array(length))
    }

    fn map(&self, length: usize) -> Result<Item<'de>, Error> {
        self.check(length.saturating_mul(2))?;
        Ok(Item::Map(length))
    }

    /// Checks that there may be so many items: each takes a byte at least.
    fn check(&self, items: usize) -> Result<(), Error> {
        if items > self.rest.len() {
            return Err(Error("it is cut short".to_owned()));
        }
        Ok(())
    }

    fn extension(&mut self, length: usize) -> Result<Item<'de>, Error> {
        let kind = self.take(1)?[0].cast_signed();
        Ok(match (kind, self.take(length)?) {
            (0, [0]) => Item::Nil,
            _ => Item::Extension(kind),
        })
    }

    /// Passes over one item and all that it holds.
    fn skip(&mut self) -> Result<(), Error> {
        let mut left = 1_usize;
        while left > 0 {
            left -= 1;
            match self.item()? {
                Item::Array(length) => left += length,
                Item::Map(length) => left += 2 * length,
                _ => {}
            }
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Error> {
        let depth = self.depth.checked_sub(1);
        self.depth = depth.ok_or_else(|| Error("it is nested too deeply".to_owned()))?;
        Ok(())
    }

    fn leave(&mut self, left: usize) -> Result<(), Error> {
        self.depth += 1;
        if left > 0 {
            return Err(Error(format!("{left} items too many")));
        }
        Ok(())
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.item()? {
            Item::Nil => visitor.visit_unit(),
            Item::Bool(value) => visitor.visit_bool(value),
            Item::Unsigned(value) => visitor.visit_u64(value),
            Item::Signed(value) => visitor.visit_i64(value),
            Item::Float(value) => visitor.visit_f64(value),
            Item::Text(value) => visitor.visit_borrowed_str(value),
            Item::Bytes(value) => visitor.visit_borrowed_bytes(value),
            Item::Array(left) => {
                self.enter()?;
                let mut items = Items { reader: self, left };
                let value = visitor.visit_seq(&mut items)?;
                let left = items.left;
                self.leave(left)?;
                Ok(value)
            }
            Item::Map(left) => {
                self.enter()?;
                let mut items = Items { reader: self, left };
                let value = visitor.visit_map(&mut items)?;
                let left = items.left;
                self.leave(left)?;
                Ok(value)
            }
            Item::Extension(kind) => Err(Error(format!("extension type {kind} is not known"))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.rest.first() == Some(&NIL) || self.rest.starts_with(&UNDEFINED) {
            self.item()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.item()? {
            Item::Text(name) => visitor.visit_enum(name.into_deserializer()),
            Item::Map(left @ 1) => {
                self.enter()?;
                let mut items = Items { reader: self, left };
                let value = visitor.visit_enum(MapAccessDeserializer::new(&mut items))?;
                let left = items.left;
                self.leave(left)?;
                Ok(value)
            }
            _ => Err(de::Error::custom("it names no variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The items of an array or a map that are left to be read.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(bytes: &[u8]) -> Result<Value, String> {
        from_slice(bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_of_each_width_are_read() {
        for number in [
            json!(0),
            json!(127),
            json!(128),
            json!(u16::MAX),
            json!(u32::MAX),
            json!(u64::MAX),
            json!(-1),
            json!(-32),
            json!(-33),
            json!(i16::MIN),
            json!(i32::MIN),
            json!(i64::MIN),
            json!(1.5),
        ] {
            let bytes = rmp_serde::to_vec(&number).unwrap();
            assert_eq!(read(&bytes).unwrap(), number);
        }
        assert_eq!(read(&[0xca, 0x3f, 0xc0, 0, 0]).unwrap(), json!(1.5));
        assert_eq!(read(&[0xd0, 5]).unwrap(), json!(5));
    }

    #[test]
    fn lengths_of_each_width_are_read() {
        for length in [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536] {
            let text = json!("x".repeat(length));
            let list = Value::Array(vec![json!(1); length]);
            let map = (0..length).map(|n| (n.to_string(), json!(n))).collect();
            for value in [text, list, Value::Object(map)] {
                let bytes = rmp_serde::to_vec_named(&value).unwrap();
                assert!(read(&bytes).unwrap() == value, "{length}");
                assert!(read(&bytes[..bytes.len() - 1]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn undefined_is_nil_and_other_extensions_are_refused_or_passed_over() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Known {
            a: Option<u8>,
        }
        assert_eq!(read(&UNDEFINED).unwrap(), Value::Null);
        assert!(
            read(&[0xd4, 1, 0])
                .unwrap_err()
                .contains("extension type 1")
        );
        // {"a": undefined, "b": [extension, {}]}
        let bytes = [
            0x82, 0xa1, b'a', 0xd4, 0, 0, 0xa1, b'b', 0x92, 0xc7, 1, 9, 7, 0x80,
        ];
        assert_eq!(from_slice::<Known>(&bytes).unwrap(), Known { a: None });
    }

    #[test]
    fn variants_are_read() {
        #[derive(Debug, Deserialize, PartialEq)]
        enum Choice {
            None,
            One(u8),
            Two { a: u8 },
        }
        let read = |bytes: &[u8]| from_slice::<Choice>(bytes);
        assert_eq!(read(b"\xa4None").unwrap(), Choice::None);
        assert_eq!(read(b"\x81\xa3One\x07").unwrap(), Choice::One(7));
        assert_eq!(
            read(b"\x81\xa3Two\x81\xa1a\x07").unwrap(),
            Choice::Two { a: 7 }
        );
        assert!(read(b"\xa5Three").is_err());
        assert!(read(b"\x07").is_err());
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused() {
        assert!(
            read(&[0xdd, 0xff, 0xff, 0xff, 0xff, 0])
                .unwrap_err()
                .contains("cut short")
        );
        let nested = |depth| read(&[vec![0x91; depth], vec![0xc0]].concat());
        assert!(nested(MAX_DEPTH).is_ok());
        assert!(nested(MAX_DEPTH + 1).unwrap_err().contains("too deeply"));
        assert!(
            from_slice::<[u8; 1]>(&[0x92, 1, 2]).is_err(),
            "an item too many"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_as_by_rmp_serde(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            // That one knows no undefined, and gives extensions to whoever asks for them.
            prop_assume!(!bytes.iter().any(|byte| matches!(byte, 0xc7..=0xc9 | 0xd4..=0xd8)));
            let theirs = rmp_serde::from_slice::<Value>(&bytes);
            match (read(&bytes), theirs) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
                (Err(_), Err(_)) => {}
                (ours, theirs) => prop_assert!(false, "{ours:?} {theirs:?}"),
            }
        }
    }
}
