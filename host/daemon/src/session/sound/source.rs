//! Which sound goes with which pictures, as the policy says.

use punktfunk_config::{Policy, SoundSource};
use punktfunk_media::SourceSpec;
use punktfunk_media::sound::SoundSpec;

/// The sound for a session that shows `pictures`; none where there is none.
pub fn sound_spec(policy: &Policy, pictures: &SourceSpec) -> Option<SoundSpec> {
    match (policy.audio.source, pictures) {
        (SoundSource::None, _) => None,
        (SoundSource::Auto, SourceSpec::File(path)) => Some(SoundSpec::Film(path.clone())),
        (SoundSource::System, _) | (SoundSource::Auto, SourceSpec::Kms(_)) => Some(SoundSpec::System),
        (SoundSource::Tone, _) | (SoundSource::Auto, SourceSpec::TestCard(_)) => Some(SoundSpec::Tone),
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_media::kms::{KmsSpec, ScreenMemory};
    use punktfunk_media::testcard::TestCardSpec;

    use super::*;

    #[test]
    fn the_policy_decides_what_is_heard() {
        let card = TestCardSpec { width: 64, height: 64, refresh_hz: 30, label: None };
        let (card, film) = (SourceSpec::TestCard(card), SourceSpec::File("/film.mkv".into()));
        let screen = SourceSpec::Kms(KmsSpec {
            socket: "/nonexistent".into(),
            output: None,
            memory: ScreenMemory::Mapped,
        });
        let heard = |source, pictures| {
            let mut policy = Policy::default();
            policy.audio.source = source;
            sound_spec(&policy, pictures)
        };
        assert_eq!(heard(SoundSource::Auto, &card), Some(SoundSpec::Tone));
        assert_eq!(heard(SoundSource::Auto, &screen), Some(SoundSpec::System));
        assert_eq!(heard(SoundSource::Auto, &film), Some(SoundSpec::Film("/film.mkv".into())));
        assert_eq!(heard(SoundSource::System, &card), Some(SoundSpec::System));
        assert_eq!(heard(SoundSource::Tone, &film), Some(SoundSpec::Tone));
        assert_eq!(heard(SoundSource::None, &card), None);
    }
}
