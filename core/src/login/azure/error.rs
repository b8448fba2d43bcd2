//! What Entra's errors mean, and what to do: by their number.
//!
//! Source: Microsoft, "Microsoft Entra authentication & authorization error codes".

use crate::io::net::CallError;

/// Numbers with the same advice.
#[expect(
    clippy::unreadable_literal,
    reason = "they are looked for as Microsoft writes them"
)]
const HINTS: [(&[u32], &str); 9] = [
    (
        &[50173, 70008, 700082, 70043, 700084, 50089, 50078],
        "the earlier sign-in was revoked or is too old: sign in again with adieu login",
    ),
    (
        &[53003, 53000, 53001, 53002, 530032, 50005, 50097],
        "a conditional access policy forbids it: sign-ins by code are often blocked, so use a provider \
         of kind azure/interactive, or ask your administrator",
    ),
    (
        &[50076, 50079, 50074, 50072, 50158],
        "more is asked of you, such as a second factor: sign in again with adieu login",
    ),
    (
        &[65001, 65004, 90094, 900941],
        "the app has no consent in this tenant: ask an administrator to grant it, or leave out \
         `spec.client_id`",
    ),
    (
        &[90002, 900021, 900023],
        "there is no such tenant in this cloud: check `spec.tenant_id` and `spec.cloud_environment`",
    ),
    (
        &[50020, 50034, 50177, 90072, 16000],
        "the account is not one of this tenant: sign in with another account, or check \
         `spec.tenant_id`",
    ),
    (
        &[700016, 7000218, 70001],
        "the app is not known in this tenant, or is no public client: check `spec.client_id`",
    ),
    (
        &[
            700211, 700212, 700213, 700024, 700223, 50013, 7000215, 7000222,
        ],
        "the token of the workload does not match a federated credential of the app: check issuer, \
         subject and audience",
    ),
    (
        &[50126, 50053, 50055, 50057, 50105],
        "the account cannot sign in: ask your administrator",
    ),
];

/// The number in `AADSTS50173: …`.
pub(super) fn read_number(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let end = rest.find(|byte: char| !byte.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

/// What the person can do about an answer.
pub(super) fn find_hint(error: &CallError) -> Option<String> {
    match error {
        CallError::Refused { description, .. } => {
            let number = read_number(description)?;
            let (_, hint) = HINTS
                .iter()
                .find(|(numbers, _)| numbers.contains(&number))?;
            Some((*hint).to_owned())
        }
        CallError::NotAllowed { host, .. } if !host.is_empty() => Some(format!(
            "if it is right, allow it with --allow-endpoint {host}"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_each_has_one_advice() {
        assert_eq!(read_number("AADSTS50173: The grant"), Some(50173));
        assert_eq!(read_number("x AADSTS7"), Some(7));
        for none in ["", "AADSTS", "AADSTSx", "AADSTS99999999999: x"] {
            assert_eq!(read_number(none), None, "{none}");
        }
        let all: Vec<u32> = HINTS
            .iter()
            .flat_map(|(numbers, _)| *numbers)
            .copied()
            .collect();
        let once: std::collections::BTreeSet<u32> = all.iter().copied().collect();
        assert_eq!(all.len(), once.len());
    }
}
