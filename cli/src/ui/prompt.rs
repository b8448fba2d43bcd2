//! Questions. Whoever asks has made sure that somebody can answer.

use inquire::{InquireError, Select};

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
        Err(InquireError::OperationInterrupted) => Err(Failure::interrupted()),
        Err(error) => Err(Failure::failed("the question could not be asked").because(&error)),
    }
}
