//! `adieu aws profiles`: profiles of the AWS CLI whose keys adieu brings.

use adieu::atmos::config::Identity;
use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, ProfileChanges, SignInError, WrittenProfile};
use adieu::shell::quote_word;
use adieu::systems::find_region;

use super::own_words;
use crate::args::ProfilesArgs;
use crate::commands::context::Context;
use crate::commands::exec::require_own_home;
use crate::commands::identity::find_by_name;
use crate::commands::sign_in::is_of_aws;
use crate::ui::{Failure, Printer, to_plain_text};

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &ProfilesArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "aws profiles")?;
    let (nobody, cancel) = (NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    let broken = |error: SignInError| {
        Failure::failed("the settings of the AWS CLI were not changed").because(&error)
    };
    if arguments.remove {
        let names: Vec<String> = arguments
            .identities
            .iter()
            .map(|name| profile_name(context, name))
            .collect();
        let done = sign_in.remove_profiles(&names).map_err(broken)?;
        return report("Removed", &done, printer);
    }
    let profiles: Vec<WrittenProfile> = find_identities(context, arguments)?
        .into_iter()
        .map(|identity| to_profile(context, identity))
        .collect();
    if profiles.is_empty() {
        return Err(Failure::usage("no identity of AWS is configured")
            .hint("see what is configured: adieu list"));
    }
    if !arguments.write {
        let texts: Vec<String> = profiles.iter().map(WrittenProfile::text).collect();
        for line in texts.join("\n").lines() {
            printer.unbroken(&to_plain_text(line))?;
        }
        if !printer.is_quiet() {
            printer.note("Nothing was written; --write puts them into the AWS CLI's settings.");
        }
        return Ok(0);
    }
    let done = sign_in.write_profiles(&profiles).map_err(broken)?;
    report("Wrote", &done, printer)
}

fn report(deed: &str, done: &ProfileChanges, printer: &mut Printer) -> Result<u8, Failure> {
    for name in &done.kept {
        printer.warning(
            &format!(
                "profile \"{}\" is not adieu's, and stays",
                to_plain_text(name)
            ),
            Some("see what it says in ~/.aws/config"),
        );
    }
    if done.changed.is_empty() {
        printer.data("No profile was changed.")?;
        return Ok(u8::from(!done.kept.is_empty()));
    }
    for name in &done.changed {
        printer.data(&format!("{deed} profile {}", to_plain_text(name)))?;
    }
    Ok(0)
}

fn find_identities<'a>(
    context: &'a Context,
    arguments: &ProfilesArgs,
) -> Result<Vec<&'a Identity>, Failure> {
    if arguments.identities.is_empty() {
        let all = context.adieu.configuration.auth.identities.iter();
        return Ok(all.filter(|identity| is_of_aws(identity)).collect());
    }
    let named = arguments.identities.iter().map(|name| {
        let identity = find_by_name(context, name)?;
        if is_of_aws(identity) {
            return Ok(identity);
        }
        let shown = to_plain_text(name);
        Err(Failure::usage(format!(
            "identity \"{shown}\" is not one of AWS"
        )))
    });
    named.collect()
}

/// The name of the profile of an identity: its key; names of what is configured no more stay as typed.
fn profile_name(context: &Context, typed: &str) -> String {
    let identity = find_by_name(context, typed);
    identity.map_or_else(|_| typed.to_owned(), |identity| identity.name.key.clone())
}

fn to_profile(context: &Context, identity: &Identity) -> WrittenProfile {
    let adieu = &context.adieu;
    let mut words = own_words(context);
    words.push("credential-process".to_owned());
    words.push(identity.name.key.clone());
    let words: Vec<String> = words.iter().map(|word| quote_word(word)).collect();
    let region = find_region(&adieu.configuration, &adieu.identity_graph, identity);
    WrittenProfile {
        name: identity.name.key.clone(),
        command: words.join(" "),
        region: region.map(str::to_owned),
    }
}
