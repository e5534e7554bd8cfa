//! Which source a session opens, as the policy says.

use punktfunk_config::{Policy, Source};
use punktfunk_media::SourceSpec;
use punktfunk_media::testcard::TestCardSpec;

use super::Profile;

/// The source for a session of this profile.
pub fn source_spec(policy: &Policy, profile: &Profile) -> SourceSpec {
    match &policy.capture.source {
        Source::File(path) => SourceSpec::File(path.clone()),
        Source::Auto | Source::Kms | Source::TestCard => test_card(policy, profile),
    }
}

fn test_card(policy: &Policy, profile: &Profile) -> SourceSpec {
    SourceSpec::TestCard(TestCardSpec {
        width: profile.width,
        height: profile.height,
        refresh_hz: profile.refresh_hz,
        label: Some(policy.name.clone()),
    })
}
