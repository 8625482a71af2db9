//! Numbers of the wire, in whichever way a client wrote them.

use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

use super::json::Json;

/// Reads a whole number: some clients write floats beyond 32 bits.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i128>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let Json(value) = Json::deserialize(deserializer)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| {
                let float = number.as_f64()?;
                #[allow(clippy::cast_possible_truncation)]
                // a whole number in range, says the check
                (float.fract() == 0.0 && float.abs() < 9.1e15).then_some(float as i128)
            }),
        _ => None,
    };
    number
        .and_then(|number| T::try_from(number).ok())
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom(format!("expected a whole number, found {value}")))
}
