//! Questions. Whoever asks has made sure that somebody can answer.

use inquire::{InquireError, Select};

use super::Failure;

/// One of several; `None` when the person backs out with Esc.
pub(crate) fn choose(title: &str, options: Vec<String>) -> Result<Option<usize>, Failure> {
    let answer = Select::new(title, options)
        .with_page_size(15)
        .raw_prompt_skippable();
    match answer {
        Ok(choice) => Ok(choice.map(|choice| choice.index)),
        Err(InquireError::OperationInterrupted) => Err(Failure::interrupted()),
        Err(error) => Err(Failure::failed("the question could not be asked").because(&error)),
    }
}
