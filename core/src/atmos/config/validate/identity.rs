//! The rules for identities.

use crate::atmos::config::diagnostic::{Diagnostic, Problems};
use crate::atmos::config::identity::Identity;
use crate::atmos::config::kinds::IdentityKind;
use crate::atmos::config::model::Via;
use crate::io::files::is_plain_component;

use super::fields::Entry;

/// The beginning of the ARNs that say what a root session may be asked to do.
const TASK_POLICY: &str = "arn:aws:iam::aws:policy/root-task/";
/// Limits of sessions in seconds.
const QUARTER_HOUR: u64 = 900;
const HALF_DAY: u64 = 43_200;
const DAY_AND_A_HALF: u64 = 129_600;

pub(super) fn check_rules(identity: &Identity, problems: &mut Problems) {
    let mut entry = Entry {
        subject: format!("identity '{}'", identity.name),
        settings: &identity.settings,
        location: identity.location,
        problems,
    };
    if !entry.is_mapping() {
        return;
    }
    let is_known = entry.kind("identity", identity.kind.is_known(), IdentityKind::KNOWN);
    check_via(identity, &mut entry);
    if is_known {
        check_name(identity, &mut entry);
        check_fields(identity, &mut entry);
    }
}

fn check_via(identity: &Identity, entry: &mut Entry<'_>) {
    let at = entry.place(&["via"]);
    let kind = identity.kind.id();
    if identity.kind.forbids_via() {
        if identity.via != Via::None {
            entry.error("via", format!("`via` is not allowed for kind `{kind}`"), at);
        }
        return;
    }
    if identity.kind == IdentityKind::AwsUser {
        if identity.via != Via::None {
            entry.warn("via", "`via` has no effect for kind `aws/user`", at);
        }
        return;
    }
    let provider_only = matches!(
        identity.kind,
        IdentityKind::AwsPermissionSet | IdentityKind::AzureSubscription | IdentityKind::AtmosPro
    );
    match identity.via {
        Via::Both { .. } => entry.error(
            "via",
            "`via.provider` and `via.identity` are mutually exclusive; only one can be set",
            at,
        ),
        // Without a kind nobody knows whether one is needed.
        Via::None if identity.kind.is_known() => no_via(provider_only, entry),
        Via::Identity(_) if provider_only => entry.error(
            "via",
            format!("kind `{kind}` needs `via.provider`, not `via.identity`"),
            entry.place(&["via", "identity"]),
        ),
        _ => {}
    }
}

fn no_via(provider_only: bool, entry: &mut Entry<'_>) {
    // A variable that is not set, or a function, is told apart from nothing.
    let is_written = |key| entry.settings.at(&["via", key]).is_some();
    if is_written("provider") {
        entry.require(&["via", "provider"]);
    } else if is_written("identity") {
        entry.require(&["via", "identity"]);
    } else if provider_only {
        entry.error("via", "`via.provider` is required", entry.place(&["via"]));
    } else {
        entry.error(
            "via",
            "exactly one of `via.provider` or `via.identity` must be set",
            entry.place(&["via"]),
        );
    }
}

/// Names such as `account/role` are right for AWS, but some kinds make a file of the name.
fn check_name(identity: &Identity, entry: &mut Entry<'_>) {
    let becomes_path = matches!(
        identity.kind,
        IdentityKind::GcpServiceAccount
            | IdentityKind::GcpProject
            | IdentityKind::KubernetesEmulator
            | IdentityKind::Mock
            | IdentityKind::MockAws
    );
    if becomes_path && !is_plain_component(&identity.name.key) {
        entry.push(
            Diagnostic::warning("name", "the name cannot be a file's name")
                .at(identity.location)
                .hint("no files of this identity are looked for; use a name without `/`"),
        );
    }
}

fn check_fields(identity: &Identity, entry: &mut Entry<'_>) {
    match &identity.kind {
        IdentityKind::AwsPermissionSet => {
            entry.require(&["principal", "name"]);
            entry.require_one(&[
                &["principal", "account", "id"],
                &["principal", "account", "name"],
            ]);
        }
        IdentityKind::AwsAssumeRole => {
            entry.require(&["principal", "assume_role"]);
            role_arn(entry);
            entry.duration(&["principal", "duration"], QUARTER_HOUR, HALF_DAY);
        }
        IdentityKind::AwsAssumeRoot => assume_root(entry),
        IdentityKind::AwsUser => {
            let has_device = identity.mfa_arn().is_some();
            let most = if has_device { DAY_AND_A_HALF } else { HALF_DAY };
            entry.duration(&["session", "duration"], QUARTER_HOUR, most);
        }
        IdentityKind::AzureSubscription => entry.require(&["principal", "subscription_id"]),
        IdentityKind::GcpServiceAccount => {
            entry.require(&["principal", "service_account_email"]);
            check_email(entry);
            entry.duration(&["principal", "lifetime"], 1, HALF_DAY);
        }
        IdentityKind::GcpProject => entry.require(&["principal", "project_id"]),
        kind if kind.is_emulator() => entry.require(&["emulator"]),
        _ => {}
    }
}

fn role_arn(entry: &mut Entry<'_>) {
    if let Some((text, at)) = entry.text(&["principal", "assume_role"])
        && !(text.starts_with("arn:") && text.contains(":role/"))
    {
        entry.warn(
            "arn",
            "`principal.assume_role` is not the ARN of a role",
            at,
        );
    }
}

fn assume_root(entry: &mut Entry<'_>) {
    let target = ["principal", "target_principal"];
    entry.require(&target);
    if let Some((text, at)) = entry.text(&target)
        && !(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
    {
        entry.error(
            "account",
            "`principal.target_principal` must be 12 digits",
            at,
        );
    }
    let policy = ["principal", "task_policy_arn"];
    entry.require(&policy);
    if let Some((text, at)) = entry.text(&policy)
        && text.strip_prefix(TASK_POLICY).is_none_or(str::is_empty)
    {
        entry.push(
            Diagnostic::error(
                "task-policy",
                format!("`principal.task_policy_arn` must start with {TASK_POLICY}"),
            )
            .at(at)
            .hint(
                "there are IAMAuditRootUserCredentials, IAMCreateRootUserPassword, \
                 IAMDeleteRootUserCredentials, S3UnlockBucketPolicy and SQSUnlockQueuePolicy",
            ),
        );
    }
    entry.duration(&["principal", "duration"], 1, QUARTER_HOUR);
}

fn check_email(entry: &mut Entry<'_>) {
    if let Some((text, at)) = entry.text(&["principal", "service_account_email"])
        && !text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.ends_with(".iam.gserviceaccount.com")
        })
    {
        entry.error(
            "email",
            "`principal.service_account_email` must end with .iam.gserviceaccount.com",
            at,
        );
    }
}
