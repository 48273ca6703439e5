//! Customer keys inside the lake: 64-bit integers where a Parquet file has them, text otherwise, behind one trait.
//!
//! Also the hash that chooses a bucket. It is part of the format: changing it would lose customers in old lakes, so a
//! test holds printed values.

use arrow_array::{Array, ArrayRef, Int64Array, StringArray};
use arrow_schema::DataType;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use terms::ids::CustomerKey;

/// How the lake keeps its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// As 64-bit integers: every file so far had an integer column.
    Integer,
    /// As text, leading zeros kept.
    Text,
}

/// A key that can be sorted, hashed, spilled and written as a column.
pub(crate) trait Key: Ord + Clone + Send + Sync + Sized + 'static {
    const KIND: KeyKind;
    fn hash(&self) -> u64;
    fn encode(&self, to: &mut Vec<u8>);
    fn decode(from: &mut &[u8]) -> Option<Self>;
    fn customer(&self) -> CustomerKey;
    /// The key of a customer named by its text; `None` when no integer key has that text.
    fn from_customer(key: &CustomerKey) -> Option<Self>;
    fn data_type() -> DataType;
    fn column(keys: &[Self]) -> ArrayRef;
    fn read(column: &dyn Array, out: &mut Vec<Self>) -> bool;
}

impl Key for i64 {
    const KIND: KeyKind = KeyKind::Integer;

    fn hash(&self) -> u64 {
        mix(self.cast_unsigned())
    }
    fn encode(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_le_bytes());
    }
    fn decode(from: &mut &[u8]) -> Option<Self> {
        let (head, rest) = from.split_first_chunk::<8>()?;
        *from = rest;
        Some(Self::from_le_bytes(*head))
    }
    fn customer(&self) -> CustomerKey {
        CustomerKey(compact_str::format_compact!("{self}"))
    }
    fn from_customer(key: &CustomerKey) -> Option<Self> {
        let number = key.as_str().parse::<Self>().ok()?;
        (number.to_string() == key.as_str()).then_some(number)
    }
    fn data_type() -> DataType {
        DataType::Int64
    }
    fn column(keys: &[Self]) -> ArrayRef {
        Arc::new(Int64Array::from(keys.to_vec()))
    }
    fn read(column: &dyn Array, out: &mut Vec<Self>) -> bool {
        column.as_any().downcast_ref::<Int64Array>().is_some_and(|array| {
            out.extend_from_slice(array.values());
            array.null_count() == 0
        })
    }
}

impl Key for CompactString {
    const KIND: KeyKind = KeyKind::Text;

    fn hash(&self) -> u64 {
        // FNV-1a, then mixed, since the bucket is taken from the high bits.
        let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        mix(self.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, fnv))
    }
    fn encode(&self, to: &mut Vec<u8>) {
        encode_text(self, to);
    }
    fn decode(from: &mut &[u8]) -> Option<Self> {
        decode_text(from)
    }
    fn customer(&self) -> CustomerKey {
        CustomerKey(self.clone())
    }
    fn from_customer(key: &CustomerKey) -> Option<Self> {
        Some(key.0.clone())
    }
    fn data_type() -> DataType {
        DataType::Utf8
    }
    fn column(keys: &[Self]) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(keys))
    }
    fn read(column: &dyn Array, out: &mut Vec<Self>) -> bool {
        column.as_any().downcast_ref::<StringArray>().is_some_and(|array| {
            out.extend((0..array.len()).map(|row| Self::new(array.value(row))));
            array.null_count() == 0
        })
    }
}

/// Writes a text of at most 65,535 bytes with its length before it.
pub(crate) fn encode_text(text: &str, to: &mut Vec<u8>) {
    let bytes = text.as_bytes().get(..usize::from(u16::MAX)).unwrap_or(text.as_bytes());
    to.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
    to.extend_from_slice(bytes);
}

/// Reads what [`encode_text`] wrote.
pub(crate) fn decode_text(from: &mut &[u8]) -> Option<CompactString> {
    let (head, rest) = from.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*head)))?;
    *from = rest;
    std::str::from_utf8(text).ok().map(CompactString::new)
}

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", fig. 17
/// variant 13), after its increment.
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The bucket of a hash in a lake of `2^bits` buckets.
pub(crate) const fn bucket_of(hash: u64, bits: u32) -> usize {
    if bits == 0 { 0 } else { (hash >> (64 - bits)) as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_splitmix64_and_never_changes() {
        // First output of splitmix64 seeded with 0, as printed with the reference implementation.
        assert_eq!(0_i64.hash(), 0xe220_a839_7b1d_cdaf);
        // FNV-1a of the empty text is its offset basis.
        assert_eq!(CompactString::new("").hash(), mix(0xcbf2_9ce4_8422_2325));
    }

    #[test]
    fn keys_survive_the_spill_with_their_leading_zeros() {
        let mut bytes = Vec::new();
        CompactString::new("00042").encode(&mut bytes);
        (-7_i64).encode(&mut bytes);
        let mut from = bytes.as_slice();
        assert_eq!(CompactString::decode(&mut from).unwrap(), "00042");
        assert_eq!(i64::decode(&mut from), Some(-7));
        assert_eq!(i64::decode(&mut from), None);
    }

    #[test]
    fn only_the_plain_text_of_an_integer_names_an_integer_key() {
        assert_eq!(i64::from_customer(&CustomerKey::new("42")), Some(42));
        assert_eq!(i64::from_customer(&CustomerKey::new("042")), None);
    }
}
