//! Durations as Atmos writes them: `8h`, `1h30m`, `1d`, `1.5h`, or plain seconds.

/// The whole seconds of a duration, or `None` if it is not one.
///
/// Source: Go's `time.ParseDuration`, plus days and bare numbers as Atmos adds them.
pub fn parse_seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let mut rest = text;
    let mut milliseconds = 0_u64;
    while !rest.is_empty() {
        let number =
            rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let unit_end = rest[number..]
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .map_or(rest.len(), |at| number + at);
        let amount = parse_thousandths(&rest[..number])?;
        let part = match &rest[number..unit_end] {
            "ns" => amount / 1_000_000_000,
            "us" | "µs" | "μs" => amount / 1_000_000,
            "ms" => amount / 1000,
            "s" => amount,
            "m" => amount.checked_mul(60)?,
            "h" => amount.checked_mul(3600)?,
            "d" => amount.checked_mul(86_400)?,
            _ => return None,
        };
        milliseconds = milliseconds.checked_add(part)?;
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(milliseconds / 1000)
}

/// A decimal number in thousandths.
fn parse_thousandths(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = |text: &str| -> Option<u64> {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse().ok()
        }
    };
    let padded = format!("{:0<3}", fraction.get(..3.min(fraction.len()))?);
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits(whole)?
        .checked_mul(1000)?
        .checked_add(digits(&padded)?)
}

#[cfg(test)]
mod tests {
    use super::parse_seconds;

    #[test]
    fn seconds_of_durations_people_write() {
        for (text, expected) in [
            ("8h", 28_800),
            ("30m", 1800),
            ("1d", 86_400),
            ("3600", 3600),
            ("1800s", 1800),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("1500ms", 1),
            (" 15m ", 900),
            ("0", 0),
        ] {
            assert_eq!(parse_seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn seconds_of_anything_else_is_none() {
        for text in [
            "",
            " ",
            "h",
            "8 h",
            "8x",
            "-1h",
            "1h-",
            "1..5h",
            ".h",
            "8hh",
            "99999999999999999999h",
            "1e3",
        ] {
            assert_eq!(parse_seconds(text), None, "{text}");
        }
    }
}
