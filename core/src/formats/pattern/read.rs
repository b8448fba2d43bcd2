//! The text of a pattern, read.

use super::{Component, Condition, Glob, Pattern, PatternError, Words};

/// The longest pattern.
const LENGTH_LIMIT: usize = 1000;
/// The most texts that one word of a pattern stands for.
const CHOICE_LIMIT: usize = 64;

pub(super) struct Reader {
    pub(super) characters: Vec<char>,
    pub(super) position: usize,
}

impl Reader {
    pub(super) fn pattern(mut self) -> Result<Pattern, PatternError> {
        if self.characters.len() > LENGTH_LIMIT {
            return self.fail("it is too long");
        }
        let mut components = Vec::new();
        while let Some(next) = self.peek() {
            match next {
                '[' => components.push(Component::Elements(self.conditions()?)),
                '.' if components.is_empty() => return self.fail("a key is missing"),
                _ => {
                    if !components.is_empty() {
                        self.expect('.')?;
                    }
                    components.push(self.key()?);
                }
            }
        }
        let depths = components
            .iter()
            .filter(|component| **component == Component::AnyDepth);
        if depths.count() > 1 {
            return self.fail("`**` may stand once only");
        }
        Ok(Pattern { components })
    }

    fn key(&mut self) -> Result<Component, PatternError> {
        if self.characters[self.position..].starts_with(&['*', '*'])
            && matches!(
                self.characters.get(self.position + 2),
                None | Some('.' | '[')
            )
        {
            self.position += 2;
            return Ok(Component::AnyDepth);
        }
        self.words(".[").map(Component::Key)
    }

    /// `[…]`
    fn conditions(&mut self) -> Result<Vec<Condition>, PatternError> {
        self.expect('[')?;
        let mut conditions = Vec::new();
        while self.peek() != Some(']') {
            if !conditions.is_empty() {
                self.expect(',')?;
            }
            conditions.push(self.condition()?);
        }
        self.expect(']')?;
        Ok(conditions)
    }

    fn condition(&mut self) -> Result<Condition, PatternError> {
        match self.peek() {
            Some('=') => {
                self.position += 1;
                return Ok(Condition::Is(self.words(",]")?));
            }
            Some('#') => {
                self.position += 1;
                let start = self.position;
                while self.peek().is_some_and(|next| next.is_ascii_digit()) {
                    self.position += 1;
                }
                let digits: String = self.characters[start..self.position].iter().collect();
                return match digits.parse::<usize>() {
                    Ok(number) if number > 0 => Ok(Condition::At(number - 1)),
                    _ => self.fail("a number from 1 is missing"),
                };
            }
            _ => {}
        }
        let words = self.words("=,]")?;
        let Some(key) = words.literal().map(str::to_owned) else {
            return self.fail("the name in a condition has a wildcard");
        };
        if self.peek() == Some('=') {
            self.position += 1;
            return Ok(Condition::Has(key, self.words(",]")?));
        }
        Ok(Condition::Holds(key))
    }

    /// Texts up to one of these characters.
    fn words(&mut self, ends: &str) -> Result<Words, PatternError> {
        let start = self.position;
        let mut globs = vec![Glob(vec![String::new()])];
        let mut is_quoted = false;
        while let Some(next) = self.peek() {
            if !is_quoted && ends.contains(next) {
                break;
            }
            self.position += 1;
            match next {
                '"' => is_quoted = !is_quoted,
                '{' => {
                    let choices = self.choices()?;
                    if globs.len() * choices.len() > CHOICE_LIMIT {
                        return self.fail("it stands for too many texts");
                    }
                    globs = globs
                        .iter()
                        .flat_map(|glob| choices.iter().map(move |choice| join_globs(glob, choice)))
                        .collect();
                }
                '}' | ']' if !is_quoted => return self.fail("a bracket was not opened"),
                other => {
                    let other = self.escaped(other)?;
                    for glob in &mut globs {
                        push_character(glob, other);
                    }
                }
            }
        }
        if is_quoted {
            return self.fail("a quote is not closed");
        }
        if self.position == start {
            return self.fail("a key is missing");
        }
        Ok(Words(globs))
    }

    /// The rest of `{a,b}`.
    fn choices(&mut self) -> Result<Vec<Glob>, PatternError> {
        let mut choices = vec![Glob(vec![String::new()])];
        loop {
            let Some(next) = self.peek() else {
                return self.fail("a brace is not closed");
            };
            self.position += 1;
            match next {
                '}' => return Ok(choices),
                ',' => choices.push(Glob(vec![String::new()])),
                '{' | '"' => return self.fail("this cannot stand between braces"),
                other => {
                    let other = self.escaped(other)?;
                    if let Some(glob) = choices.last_mut() {
                        push_character(glob, other);
                    }
                }
            }
        }
    }

    /// A character, or a wildcard.
    fn escaped(&mut self, character: char) -> Result<Option<char>, PatternError> {
        match character {
            '*' => Ok(None),
            '\\' => {
                let Some(next) = self.peek() else {
                    return self.fail("nothing follows the backslash");
                };
                self.position += 1;
                Ok(Some(next))
            }
            other => Ok(Some(other)),
        }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn expect(&mut self, wanted: char) -> Result<(), PatternError> {
        if self.peek() == Some(wanted) {
            self.position += 1;
            return Ok(());
        }
        match wanted {
            '.' => self.fail("a dot is missing"),
            ',' => self.fail("a comma is missing"),
            _ => self.fail("a bracket is missing"),
        }
    }

    const fn fail<T>(&self, problem: &'static str) -> Result<T, PatternError> {
        Err(PatternError {
            position: self.position + 1,
            problem,
        })
    }
}

/// Adds a character, or a wildcard.
fn push_character(glob: &mut Glob, character: Option<char>) {
    match (character, glob.0.last_mut()) {
        (Some(character), Some(part)) => part.push(character),
        _ => glob.0.push(String::new()),
    }
}

fn join_globs(glob: &Glob, choice: &Glob) -> Glob {
    let mut parts = glob.0.clone();
    let mut more = choice.0.iter();
    if let (Some(last), Some(first)) = (parts.last_mut(), more.next()) {
        last.push_str(first);
    }
    parts.extend(more.cloned());
    Glob(parts)
}
