//! Questions. Whoever asks has made sure that somebody can answer.

use adieu::secret::Secret;
use inquire::{InquireError, MultiSelect, Password, PasswordDisplayMode, Select};

use super::answer::{self, Key, Rows};
use super::{Failure, Printer, to_plain_text};
use crate::process;
use crate::questions::Confirmation;

/// A question that destroys or sends something, as it is put to a person.
#[derive(Clone, Debug)]
pub(crate) struct Wording {
    /// Which question it is; it knows its answers.
    pub(crate) asks: Confirmation,
    /// What it is about, line by line.
    pub(crate) about: Vec<String>,
    /// The question itself.
    pub(crate) question: String,
    /// The answer that is no, where it is another one than the question's own.
    pub(crate) no: Option<&'static str>,
}

impl Wording {
    /// A question that needs no explanation.
    pub(crate) fn of(asks: Confirmation, question: impl Into<String>) -> Self {
        Self {
            asks,
            about: Vec::new(),
            question: question.into(),
            no: None,
        }
    }
}

/// What a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It may be destroyed or sent.
    Yes,
    /// It may not.
    No,
    /// It may not, and nothing else is to be done either.
    Leave,
}

/// Asks. Only a `y` that was typed after the question, or Enter on the yes that the person went to,
/// is a yes; what was typed before it is forgotten.
///
/// # Errors
///
/// Ctrl-C, and when nobody can be asked.
pub(crate) fn ask_question(wording: &Wording, printer: &mut Printer) -> Result<Answer, Failure> {
    if !printer.can_prompt() {
        let question = format!(
            "{}, so this cannot be asked: {}",
            printer.why_unasked(),
            wording.question
        );
        return Err(Failure::usage(question).hint("nothing was changed"));
    }
    forget_what_was_typed()?;
    for line in &wording.about {
        printer.note(line);
    }
    let choices = wording.asks.choices();
    let mut rows = vec![
        format!("{} (y)", choices.yes),
        format!("{} (n)", wording.no.unwrap_or(choices.no)),
    ];
    if let Some(leave) = choices.leave {
        rows.push(format!("{leave} (Esc)"));
    }
    let last = rows.len() - 1;
    let mut shown = Rows::show(&wording.question, rows, printer)
        .map_err(|error| to_question_failure(&error))?;
    let row = loop {
        match Rows::key().map_err(|error| to_question_failure(&error))? {
            Key::Letter('y' | 'Y')
                if Rows::is_alone("es").map_err(|error| to_question_failure(&error))? =>
            {
                break 0;
            }
            Key::Letter('n' | 'N') => break 1,
            Key::Letter(_) | Key::Escape => break last,
            Key::Enter => break shown.at(),
            Key::Up => shown
                .go_up(printer)
                .map_err(|error| to_question_failure(&error))?,
            Key::Down => shown
                .go_down(printer)
                .map_err(|error| to_question_failure(&error))?,
            Key::Interrupt => {
                shown
                    .close(last, printer)
                    .map_err(|error| to_question_failure(&error))?;
                return Err(Failure::interrupted());
            }
            Key::Other => {}
        }
    };
    shown
        .close(row, printer)
        .map_err(|error| to_question_failure(&error))?;
    // The rest of a word that was no answer is none to what comes next either.
    forget_what_was_typed()?;
    Ok(match row {
        0 => Answer::Yes,
        1 => Answer::No,
        _ => Answer::Leave,
    })
}

/// Whether the answer is yes, for questions whose no changes nothing.
pub(crate) fn ask_for_confirmation(
    wording: &Wording,
    printer: &mut Printer,
) -> Result<bool, Failure> {
    Ok(ask_question(wording, printer)? == Answer::Yes)
}

/// One of several, shown safely; `None` when the person backs out with Esc. Typing finds first what
/// begins with it, then what has a word that does, then the rest. What stands in `apart` is only found
/// by how it begins.
pub(crate) fn choose_option(
    title: &str,
    options: Vec<String>,
    apart: &[usize],
) -> Result<Option<usize>, Failure> {
    forget_what_was_typed()?;
    let options = options
        .into_iter()
        .map(|option| to_plain_text(&option).into_owned());
    let scorer =
        |typed: &str, _: &String, text: &str, at: usize| rank_row(typed, text, apart.contains(&at));
    let answer = Select::new(&to_plain_text(title), options.collect())
        .with_page_size(15)
        .with_scorer(&scorer)
        .raw_prompt_skippable();
    match answer {
        Ok(choice) => Ok(choice.map(|choice| choice.index)),
        Err(error) => Err(to_answer_failure(&error)),
    }
}

/// How well a row fits what was typed; `None` if it does not.
fn rank_row(typed: &str, text: &str, is_apart: bool) -> Option<i64> {
    let (typed, text) = (typed.trim().to_lowercase(), text.to_lowercase());
    let mut words = text.split_whitespace();
    if typed.is_empty() {
        return Some(0);
    }
    if text.starts_with(&typed) {
        return Some(2);
    }
    if is_apart {
        return None;
    }
    if words.any(|word| word.starts_with(&typed)) {
        return Some(1);
    }
    text.contains(&typed).then_some(0)
}

/// Any of several, shown safely, those marked in `ticked` from the start; `None` when the person
/// backs out with Esc.
pub(crate) fn choose_several(
    title: &str,
    options: Vec<String>,
    ticked: &[bool],
) -> Result<Option<Vec<usize>>, Failure> {
    forget_what_was_typed()?;
    let options = options
        .into_iter()
        .map(|option| to_plain_text(&option).into_owned());
    let ticked: Vec<usize> = (0..ticked.len()).filter(|at| ticked[*at]).collect();
    let answer = MultiSelect::new(&to_plain_text(title), options.collect())
        .with_page_size(15)
        .with_default(&ticked)
        .raw_prompt_skippable();
    match answer {
        Ok(chosen) => {
            Ok(chosen.map(|chosen| chosen.into_iter().map(|option| option.index).collect()))
        }
        Err(error) => Err(to_answer_failure(&error)),
    }
}

/// A secret, which is not shown; empty when the person backs out with Esc.
pub(crate) fn ask_secret(question: &str) -> Result<Secret, Failure> {
    let answer = Password::new(&to_plain_text(question))
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt_skippable();
    match answer {
        Ok(answer) => Ok(Secret::new(answer.unwrap_or_default())),
        Err(error) => Err(to_answer_failure(&error)),
    }
}

/// Forgets what was typed so far: it was not meant for the question that comes now.
pub(crate) fn forget_what_was_typed() -> Result<(), Failure> {
    process::forget_input();
    answer::forget_keys().map_err(|error| to_question_failure(&error))
}

fn to_question_failure(error: &std::io::Error) -> Failure {
    Failure::failed("the question could not be asked").because(error)
}

fn to_answer_failure(error: &InquireError) -> Failure {
    match error {
        InquireError::OperationInterrupted => Failure::interrupted(),
        error => Failure::failed("the question could not be asked").because(error),
    }
}

#[cfg(test)]
mod tests {
    use super::rank_row;

    #[test]
    fn row_that_begins_with_what_was_typed_is_found_first() {
        let rows = [
            ("Identity: all-hands", false),
            ("Provider: corp (removes all identities)", false),
            ("All identities (complete logout)", true),
        ];
        for (typed, ranks) in [
            ("All", [Some(1), Some(1), Some(2)]),
            ("corp", [None, Some(1), None]),
            ("complete", [None, None, None]),
            ("identi", [Some(2), Some(1), None]),
            ("", [Some(0); 3]),
        ] {
            assert_eq!(rows.map(|(row, apart)| rank_row(typed, row, apart)), ranks);
        }
    }
}
