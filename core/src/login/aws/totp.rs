//! Codes of an MFA device that is a seed: a number that is new every thirty seconds.
//!
//! Source: RFC 6238 and RFC 4226; AWS IAM User Guide, "Assign a virtual MFA device".

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// How long a code is the one, in seconds.
const PERIOD: i64 = 30;

/// The seed of a device.
#[derive(Clone)]
pub struct TotpSeed(Zeroizing<Vec<u8>>);

impl TotpSeed {
    /// The seed as AWS shows it: Base32, in any case and with blanks, or the `otpauth:` address of its
    /// picture. `None` if it is neither, or too short to be one.
    pub fn parse(text: &Secret) -> Option<Self> {
        let text = text.expose().trim();
        let of_address = || {
            let url = url::Url::parse(text).ok()?;
            let is_totp = url.scheme() == "otpauth" && url.host_str() == Some("totp");
            let mut fields = url.query_pairs();
            let (_, seed) = fields.find(|(name, _)| is_totp && name == "secret")?;
            Some(Zeroizing::new(seed.into_owned()))
        };
        let letters = of_address().unwrap_or_else(|| Zeroizing::new(text.to_owned()));
        let bytes = read_base32(&letters)?;
        (bytes.len() >= 10).then_some(Self(bytes))
    }

    /// The code of a moment.
    pub(super) fn code_at(&self, now: Timestamp) -> Secret {
        let counter = now.as_second().div_euclid(PERIOD).to_be_bytes();
        // Any length can be a key.
        let digest = Hmac::<Sha1>::new_from_slice(&self.0).map(|mut mac| {
            mac.update(&counter);
            mac.finalize().into_bytes()
        });
        let digest = digest.unwrap_or_default();
        let at = usize::from(digest[19] & 0x0f);
        let mut number = u32::from(digest[at] & 0x7f);
        for byte in &digest[at + 1..at + 4] {
            number = (number << 8) | u32::from(*byte);
        }
        Secret::new(format!("{:06}", number % 1_000_000))
    }
}

impl std::fmt::Debug for TotpSeed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TotpSeed(hidden)")
    }
}

/// The bytes of a Base32 text (RFC 4648), however it is grouped.
fn read_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b' ' | b'-' => continue,
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of its eight digits; the seed is "12345678901234567890".
        let seed = "GEZD GNBV gy3tqojqGEZDGNBVGY3TQOJQ";
        let address = "otpauth://totp/AWS:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AWS";
        for text in [seed, address] {
            let seed = TotpSeed::parse(&Secret::new(text.to_owned())).unwrap();
            for (second, code) in [
                (59, "287082"),
                (1_111_111_109, "081804"),
                (20_000_000_000, "353130"),
            ] {
                let now = Timestamp::from_second(second).unwrap();
                assert_eq!(seed.code_at(now).expose(), code, "{second}");
            }
        }
        for wrong in [
            "",
            "123456",
            "GEZD",
            "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ",
            "GEZD1NBVGY3TQOJQ",
        ] {
            assert!(
                TotpSeed::parse(&Secret::new(wrong.to_owned())).is_none(),
                "{wrong}"
            );
        }
    }
}
