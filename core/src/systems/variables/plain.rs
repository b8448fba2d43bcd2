//! Which variables and values a repository may choose in the person's shell without being asked.

use crate::atmos::config;

/// Whether every shell takes it for the name of a variable.
pub fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Variables that say which account, project, region or stack is meant, and nothing else.
const PLAIN: [&str; 43] = [
    "ARM_ENVIRONMENT",
    "ARM_LOCATION",
    "ARM_SUBSCRIPTION_ID",
    "ARM_TENANT_ID",
    "ATMOS_COMPONENT",
    "ATMOS_IDENTITY",
    "ATMOS_STACK",
    "AWS_ACCOUNT_ID",
    "AWS_DEFAULT_OUTPUT",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AZURE_DEFAULTS_GROUP",
    "AZURE_DEFAULTS_LOCATION",
    "AZURE_LOCATION",
    "AZURE_RESOURCE_GROUP",
    "AZURE_SUBSCRIPTION_ID",
    "AZURE_TENANT_ID",
    "CLOUDSDK_COMPUTE_REGION",
    "CLOUDSDK_COMPUTE_ZONE",
    "CLOUDSDK_CORE_PROJECT",
    "ENVIRONMENT",
    "GCLOUD_PROJECT",
    "GCP_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_CLOUD_REGION",
    "GOOGLE_CLOUD_ZONE",
    "GOOGLE_PROJECT",
    "GOOGLE_REGION",
    "GOOGLE_ZONE",
    "MOCK_IDENTITY",
    "NAMESPACE",
    "STACK",
    "STAGE",
    "TENANT",
    "TF_VAR_environment",
    "TF_VAR_namespace",
    "TF_VAR_project",
    "TF_VAR_region",
    "TF_VAR_stage",
    "TF_VAR_tenant",
];

/// The longest plain value, in bytes.
const PLAIN_LENGTH: usize = 256;

/// Whether a repository may choose the value of a variable of this name in the person's shell: it
/// names an account, project, region or stack. Everything else can steer a program: which file it
/// reads, which server it asks, what it runs.
pub fn is_plain(name: &str) -> bool {
    PLAIN.binary_search(&name).is_ok()
}

/// Whether a value is made as names are: nothing in it means anything to a shell.
pub(super) fn is_plain_value(value: &str) -> bool {
    value.len() <= PLAIN_LENGTH
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@+,".contains(&byte))
}

/// How the value of a variable is made that names a region, a zone or a location.
pub(super) fn place_of(name: &str) -> Option<fn(&str) -> bool> {
    let last = name.rsplit('_').next().unwrap_or_default();
    Some(match last.to_ascii_lowercase().as_str() {
        "region" => config::is_region,
        "zone" => |text| {
            let region = text.rsplit_once('-').filter(|(_, zone)| zone.len() == 1);
            region.is_some_and(|(region, _)| config::is_region(region))
        },
        "location" => is_location,
        _ => return None,
    })
}

/// Azure's locations are words, with a number or without: `westeurope`, `West US 2`.
fn is_location(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
    (3..=32).contains(&text.len()) && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_variables_are_a_list_and_their_values_are_names() {
        assert!(PLAIN.is_sorted());
        for name in [
            "AWS_REGION",
            "STAGE",
            "TF_VAR_stage",
            "GOOGLE_CLOUD_PROJECT",
        ] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "PATH",
            "path",
            "aws_region",
            "AWS_CONFIG_FILE",
            "TF_VAR_x",
            "GIT_DIR",
            "PS1",
            "",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        for value in ["eu-west-3", "", "acme/prod.eu:1"] {
            assert!(is_plain_value(value), "{value}");
        }
        for value in [
            "a b",
            "$(x)",
            "`x`",
            "a\nb",
            "a;b",
            "~",
            "a=b",
            &"x".repeat(PLAIN_LENGTH + 1),
        ] {
            assert!(!is_plain_value(value), "{value}");
        }
    }

    #[test]
    fn names_of_variables_are_told_from_other_text() {
        for good in ["A", "_", "AWS_REGION", "a1"] {
            assert!(is_variable_name(good), "{good}");
        }
        for bad in ["", "1A", "A-B", "A B", "A=B", "Ä", "A\n", "A;B", "$(x)"] {
            assert!(!is_variable_name(bad), "{bad:?}");
        }
    }
}
