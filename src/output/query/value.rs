//! Values of jaq as JSON, which has no bytes, no keys but strings, and no numbers that are infinite or none.

use jaq_json::{Num, Val};
use serde_json::{Map, Number, Value};

/// The value as JSON: numbers that JSON lacks become what jq makes of them, null or the largest number.
///
/// # Errors
/// An object with a key that is not a string.
pub(super) fn to_json(value: &Val) -> Result<Value, String> {
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(it) => Value::from(*it),
        Val::Num(number) => of_number(number),
        Val::BStr(bytes) | Val::TStr(bytes) => Value::from(String::from_utf8_lossy(bytes)),
        Val::Arr(items) => {
            let items: Result<Vec<Value>, String> = items.iter().map(to_json).collect();
            Value::Array(items?)
        }
        Val::Obj(members) => {
            let mut object = Map::with_capacity(members.len());
            for (key, member) in members.iter() {
                let (Val::BStr(name) | Val::TStr(name)) = key else {
                    return Err(format!("an object's keys must be strings, not {key}"));
                };
                let name = String::from_utf8_lossy(name).into_owned();
                object.insert(name, to_json(member)?);
            }
            Value::Object(object)
        }
    })
}

fn of_number(number: &Num) -> Value {
    match number {
        Num::Int(integer) => Value::from(*integer),
        Num::Float(float) => of_float(*float),
        Num::BigInt(_) | Num::Dec(_) => {
            let text = number.to_string();
            let read = serde_json::from_str::<Number>(&text).map(Value::Number);
            read.unwrap_or_else(|_| text.parse().map_or(Value::Null, of_float))
        }
    }
}

/// A float that is an integer is written as one, as jq does.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the integer is below the bound"
)]
fn of_float(float: f64) -> Value {
    if float.is_nan() {
        Value::Null
    } else if float.fract() == 0.0 && float.abs() < MAX_INTEGER {
        Value::from(float as i64)
    } else {
        Value::from(float.clamp(f64::MIN, f64::MAX))
    }
}

/// The bound below which jq writes all digits.
const MAX_INTEGER: f64 = 1e17;

/// The variables of this process as an object.
pub(super) fn environment() -> Val {
    let variables = std::env::vars_os().map(|(name, value)| {
        let text = |it: std::ffi::OsString| Val::utf8_str(it.to_string_lossy().into_owned());
        (text(name), text(value))
    });
    Val::obj(variables.collect())
}
