//! What is left out of those who are meant: flags of `status`, `list`, `logout` and `revoke`.

use std::str::FromStr;

use clap::Args;
use jiff::SignedDuration;

/// What is left out.
#[derive(Clone, Debug, Default, Args)]
pub struct FilterArgs {
    /// Leave this one out, with all that its sign-in needs: any name that can be logged out of (repeatable)
    #[arg(long, value_name = "NAME")]
    pub except: Vec<String>,
    /// Only what has expired
    #[arg(long)]
    pub only_expired: bool,
    /// Only what is older than this, such as `12h` or `7d`: by the date that it bears, else by that of its
    /// file
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<TypedAge>,
}

impl FilterArgs {
    /// Whether nothing is left out.
    pub const fn is_none(&self) -> bool {
        self.except.is_empty() && !self.only_expired && self.older_than.is_none()
    }
}

/// An age as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedAge {
    /// The words.
    pub typed: String,
    /// What they mean.
    pub duration: SignedDuration,
}

impl FromStr for TypedAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "a whole number with m, h, d or w behind it, such as 12h or 7d".to_owned();
        let unit = text.chars().last().ok_or_else(wrong)?;
        let minutes: i64 = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            'w' => 7 * 24 * 60,
            _ => return Err(wrong()),
        };
        let number = text.strip_suffix(unit).unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        // More than five digits are no age of anything.
        let number = number
            .parse::<i64>()
            .ok()
            .filter(|_| is_number && number.len() <= 5);
        Ok(Self {
            typed: text.to_owned(),
            duration: SignedDuration::from_mins(number.ok_or_else(wrong)? * minutes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_numbers_with_a_unit() {
        for (text, minutes) in [
            ("0m", Some(0)),
            ("90m", Some(90)),
            ("12h", Some(720)),
            ("7d", Some(10_080)),
            ("2w", Some(20_160)),
            ("7", None),
            ("d", None),
            ("-7d", None),
            ("+7d", None),
            ("1.5h", None),
            ("7 d", None),
            ("7D", None),
            ("100000d", None),
            ("7é", None),
            ("", None),
        ] {
            let age = text.parse::<TypedAge>().ok();
            assert_eq!(age.map(|age| age.duration.as_mins()), minutes, "{text}");
        }
    }
}
