//! What the box shows on its own screen.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::LocalOperator;
use super::presence::{ClaimState, claim_state};
use super::refusals::Guarded;
use crate::appliance::RefusedPolicy;

/// Faults that a screen has room for, alone and beside the code to claim the box by.
const MOST_FAULTS: usize = 8;
const MOST_FAULTS_BESIDE: usize = 2;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(card))
}

/// A card for the box's own screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoxCard {
    /// What it is about.
    #[schema(example = "Claim this box")]
    pub title: String,
    /// What is to be typed somewhere, large.
    #[schema(example = "ABCD-2345")]
    pub code: Option<String>,
    /// What is the case and what to do.
    pub sentences: Vec<String>,
    /// What a telephone reads off the card.
    #[schema(example = "https://192.168.1.20:47990/#claim=ABCD-2345")]
    pub link: Option<String>,
}

/// What the box has to say to whoever sits before it: how it is claimed, and why its policy was refused. Nothing while a
/// device streams, since that may see the screen. Answered on the control socket only.
#[utoipa::path(get, path = "/box-card", operation_id = "boxCard", tag = "host", responses(
    (status = 200, description = "the card, or null when there is nothing to say", body = Option<BoxCard>), Guarded))]
async fn card(guard: LocalOperator) -> Json<Option<BoxCard>> {
    if !guard.host().streams().is_empty() {
        return Json(None);
    }
    let state = claim_state(&guard, guard.owner().claim_code());
    Json(compose(&state, guard.host().places().box_files.refused_policy().as_ref()))
}

fn compose(state: &ClaimState, refused: Option<&RefusedPolicy>) -> Option<BoxCard> {
    let Some(code) = &state.code else { return refused.map(of_refused) };
    let mut card = BoxCard {
        title: "Claim this box".to_owned(),
        code: Some(code.clone()),
        sentences: vec![format!("Scan the square, or open {} and enter this code.", state.url)],
        link: state.link.clone(),
    };
    if card.link.is_none() {
        let plug = "The box has no address in a network yet: plug in a cable, or let it join a Wi-Fi.";
        card.sentences = vec![plug.to_owned()];
    }
    if let Some(refused) = refused {
        card.sentences.push("Its policy file was refused:".to_owned());
        card.sentences.extend(refused.faults(MOST_FAULTS_BESIDE));
    }
    Some(card)
}

fn of_refused(refused: &RefusedPolicy) -> BoxCard {
    let (happened, next) = RefusedPolicy::sentences();
    let mut sentences = vec![happened];
    sentences.extend(refused.faults(MOST_FAULTS));
    sentences.push(next);
    BoxCard { title: "The policy was refused".to_owned(), code: None, sentences, link: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(claimed: bool, address: bool) -> ClaimState {
        let url = "https://192.0.2.7:47990".to_owned();
        let link = (!claimed && address).then(|| format!("{url}/#claim=ABCD-2345"));
        ClaimState { claimed, code: (!claimed).then(|| "ABCD-2345".to_owned()), url, link }
    }

    fn refused() -> RefusedPolicy {
        RefusedPolicy { text: "punktfunk.yaml:1:1: unknown key nmae\n  did you mean name?\n\n".repeat(20) }
    }

    #[test]
    fn a_box_without_an_owner_shows_how_it_is_claimed_and_one_that_is_well_shows_nothing() {
        let card = compose(&state(false, true), None).unwrap();
        assert_eq!(card.code.as_deref(), Some("ABCD-2345"));
        assert!(card.link.is_some() && card.sentences[0].contains("https://192.0.2.7:47990"), "{card:?}");
        let alone = compose(&state(false, false), None).unwrap();
        assert!(alone.link.is_none() && alone.sentences[0].contains("plug in a cable"), "{alone:?}");
        assert_eq!(compose(&state(true, true), None), None);
    }

    #[test]
    fn a_refused_policy_is_shown_with_its_faults_and_what_to_do() {
        let card = compose(&state(true, true), Some(&refused())).unwrap();
        assert_eq!(card.sentences.len(), MOST_FAULTS + 2);
        assert!(card.sentences[1].contains("punktfunk.yaml:1:1"), "{card:?}");
        assert!(card.sentences.last().unwrap().contains("PUNKTFUNK"), "{card:?}");
        let both = compose(&state(false, true), Some(&refused())).unwrap();
        assert!(both.code.is_some() && both.sentences[2].contains("punktfunk.yaml:1:1"), "{both:?}");
    }
}
