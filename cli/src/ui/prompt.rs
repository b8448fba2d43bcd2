//! Questions. Whoever asks has made sure that somebody can answer.

use adieu::secret::Secret;
use inquire::{Confirm, InquireError, MultiSelect, Password, PasswordDisplayMode, Select};

use super::{Failure, plain};

/// One of several, shown safely; `None` when the person backs out with Esc.
pub(crate) fn choose(title: &str, options: Vec<String>) -> Result<Option<usize>, Failure> {
    let options = options
        .into_iter()
        .map(|option| plain(&option).into_owned());
    let answer = Select::new(title, options.collect())
        .with_page_size(15)
        .raw_prompt_skippable();
    match answer {
        Ok(choice) => Ok(choice.map(|choice| choice.index)),
        Err(error) => Err(unanswered(&error)),
    }
}

/// Any of several, shown safely, those marked in `ticked` from the start; `None` when the person
/// backs out with Esc.
pub(crate) fn choose_several(
    title: &str,
    options: Vec<String>,
    ticked: &[bool],
) -> Result<Option<Vec<usize>>, Failure> {
    let options = options
        .into_iter()
        .map(|option| plain(&option).into_owned());
    let ticked: Vec<usize> = (0..ticked.len()).filter(|at| ticked[*at]).collect();
    let answer = MultiSelect::new(title, options.collect())
        .with_page_size(15)
        .with_default(&ticked)
        .raw_prompt_skippable();
    match answer {
        Ok(chosen) => {
            Ok(chosen.map(|chosen| chosen.into_iter().map(|option| option.index).collect()))
        }
        Err(error) => Err(unanswered(&error)),
    }
}

/// Yes or no; no unless the person says otherwise, and when they back out with Esc.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    match Confirm::new(&plain(question))
        .with_default(false)
        .prompt_skippable()
    {
        Ok(answer) => Ok(answer.unwrap_or(false)),
        Err(error) => Err(unanswered(&error)),
    }
}

/// A secret, which is not shown; empty when the person backs out with Esc.
pub(crate) fn secret(question: &str) -> Result<Secret, Failure> {
    let answer = Password::new(&plain(question))
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt_skippable();
    match answer {
        Ok(answer) => Ok(Secret::new(answer.unwrap_or_default())),
        Err(error) => Err(unanswered(&error)),
    }
}

fn unanswered(error: &InquireError) -> Failure {
    match error {
        InquireError::OperationInterrupted => Failure::interrupted(),
        error => Failure::failed("the question could not be asked").because(error),
    }
}
