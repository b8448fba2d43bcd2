//! Who was signed in to AWS: as a document, and as people read it.

use adieu::atmos::config::{self, Identity};
use adieu::login::aws::{PortalTarget, RoleKeys};
use adieu::login::cloud::CloudSession;
use adieu::report::AwsSignIn;
use adieu::systems::find_region;
use jiff::Timestamp;

use crate::commands::context::Context;
use crate::ui::human::format_time_left;
use crate::ui::{Failure, Printer, to_plain_text};

/// What is known of an identity that is signed in.
pub(super) fn describe_identity(
    context: &Context,
    identity: &Identity,
    keys: &RoleKeys,
) -> AwsSignIn {
    let adieu = &context.adieu;
    let provider = adieu.identity_graph.root_provider(&identity.name.key);
    let region = find_region(&adieu.configuration, &adieu.identity_graph, identity);
    AwsSignIn {
        identity: Some(identity.name.written.clone()),
        provider: provider.map(|provider| provider.written.clone()),
        account: keys.account_id.clone(),
        arn: keys.arn.clone(),
        region: region.map(str::to_owned),
        expires_at: keys.expires_at.map(|end| end.to_string()),
    }
}

/// What is known of an identity of another cloud that is signed in.
pub(super) fn describe_cloud(
    context: &Context,
    identity: &Identity,
    session: &CloudSession,
) -> AwsSignIn {
    let adieu = &context.adieu;
    let provider = adieu.identity_graph.root_provider(&identity.name.key);
    let region = find_region(&adieu.configuration, &adieu.identity_graph, identity);
    AwsSignIn {
        identity: Some(identity.name.written.clone()),
        provider: provider.map(|provider| provider.written.clone()),
        account: session.account.clone(),
        arn: None,
        region: region.map(str::to_owned),
        expires_at: Some(session.expires_at.to_string()),
    }
}

/// What is known of a portal's session.
pub(super) fn describe_portal(portal: &PortalTarget, end: Timestamp) -> AwsSignIn {
    AwsSignIn {
        identity: None,
        provider: Some(portal.name.clone()),
        account: None,
        arn: None,
        region: Some(portal.region.clone()),
        expires_at: Some(end.to_string()),
    }
}

/// What is known of a profile of the AWS CLI that was signed in in a browser.
pub(super) fn describe_profile(name: &str, keys: &RoleKeys) -> AwsSignIn {
    AwsSignIn {
        identity: None,
        provider: Some(name.to_owned()),
        account: keys.account_id.clone(),
        arn: keys.arn.clone(),
        region: keys.region.clone(),
        expires_at: keys.expires_at.map(|end| end.to_string()),
    }
}

/// The block that Atmos prints after a sign-in.
pub(super) fn print_block(
    context: &Context,
    signed_in: &AwsSignIn,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let world = &context.adieu.world;
    let realm = config::resolve_realm(world, &context.adieu.configuration);
    let is_configured = signed_in.identity.is_some() || context.adieu.configuration.found;
    let realm = is_configured.then(|| format!("{} ({})", realm.value, realm.source.id()));
    let end: Option<Timestamp> = signed_in
        .expires_at
        .as_ref()
        .and_then(|end| end.parse().ok());
    let expires = end.map(|end| {
        let moment = end.strftime("%Y-%m-%d %H:%M:%S UTC");
        format!("{moment} ({})", format_time_left(world.now(), end))
    });
    printer.data("✓ Authentication successful!")?;
    printer.data("")?;
    for (label, value) in [
        ("Realm", realm),
        ("Provider", signed_in.provider.clone()),
        ("Identity", signed_in.identity.clone()),
        ("Account", signed_in.account.clone()),
        ("Principal", signed_in.arn.clone()),
        ("Region", signed_in.region.clone()),
        ("Expires", expires),
    ] {
        if let Some(value) = value {
            printer.data(&format!("  {label:<9} {}", to_plain_text(&value)))?;
        }
    }
    Ok(())
}

/// The same in one line.
pub(super) fn format_line(context: &Context, signed_in: &AwsSignIn) -> String {
    let provider = signed_in.provider.as_deref().unwrap_or_default();
    let name = signed_in.identity.as_deref().unwrap_or(provider);
    let end: Option<Timestamp> = signed_in
        .expires_at
        .as_ref()
        .and_then(|end| end.parse().ok());
    let left = end.map(|end| format_time_left(context.adieu.world.now(), end));
    let facts = [
        signed_in.account.clone(),
        signed_in.region.clone(),
        left.map(|left| format!("{left} left")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let facts = if facts.is_empty() {
        String::new()
    } else {
        format!(" ({})", facts.join(", "))
    };
    to_plain_text(&format!("Signed in: {name}{facts}")).into_owned()
}
