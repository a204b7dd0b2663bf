//! Bytes as hexadecimal digits.

/// Bytes as hexadecimal digits, two in lower case for each.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    let digit = |four_bits: u8| char::from_digit(u32::from(four_bits), 16).unwrap_or_default();
    bytes.as_ref().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of such digits, in either case; none where the text is anything else.
#[must_use]
pub fn decode(digits: &str) -> Option<Vec<u8>> {
    let four_bits = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(
            |pair| {
                if let [high, low] = pair { Some(four_bits(*high)? << 4 | four_bits(*low)?) } else { None }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn digits_are_bytes_there_and_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        assert_eq!(encode([0, 0x9f, 0xf0]), "009ff0");
        assert_eq!(decode("0A"), Some(vec![10]));
        for text in ["0", "0x", "+1", "é", "0 "] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
