//! The policy in force, and reading its file again.

use std::sync::Arc;

use axum::Json;
use punktfunk_config::{Origin, description_of, rows, show};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{All, Read, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{Guarded, POLICY_BAD, Reloading, WORKER_LOST};
use crate::app::Host;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(policy)).routes(routes!(reload))
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    /// The file that its values came from, if one was read.
    #[schema(example = "/etc/punktfunk/punktfunk.yaml")]
    pub file: Option<String>,
    /// All of it as YAML; it can be read as a policy again.
    pub yaml: String,
    /// Every key.
    pub rows: Vec<PolicyRow>,
    /// Why the file was not put in force when it was last tried.
    pub problem: Option<PolicyProblem>,
}

/// One key of the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PolicyRow {
    /// Dotted.
    #[schema(example = "pairing.pending.ttl")]
    pub path: String,
    /// What is in force, as the file would hold it.
    #[schema(value_type = Value, example = "10m")]
    pub value: serde_json::Value,
    /// Where it came from.
    pub origin: OriginKind,
    /// The file and line, or the flag, that it came from.
    #[schema(example = "/etc/punktfunk/punktfunk.yaml:3")]
    pub place: Option<String>,
    /// What the key is for.
    pub description: String,
    /// What it is when nobody says anything.
    #[schema(value_type = Value, example = "10m")]
    pub default: serde_json::Value,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// The embedded default.
    Default,
    /// The file.
    File,
    /// A flag on the command line.
    Flag,
}

/// Why a file was not put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyProblem {
    /// Everything that is wrong with it, several lines with places and remedies.
    pub text: String,
    /// Unix time of the attempt.
    pub at: u64,
}

/// The policy in force: each value, where it came from, and what it is for.
#[utoipa::path(get, path = "/policy", operation_id = "policy", tag = "host", responses(
    (status = 200, description = "the policy in force", body = PolicyView), Guarded))]
async fn policy(guard: Scope<Read>) -> Json<PolicyView> {
    Json(PolicyView::of(guard.host()))
}

/// Reads the policy's file again and puts it in force, all or nothing. Ports and addresses change only at the next start.
#[utoipa::path(post, path = "/policy/reload", operation_id = "reloadPolicy", tag = "host", responses(
    (status = 200, description = "the policy that is in force now", body = PolicyView), Reloading))]
async fn reload(guard: RecentlyProven<Scope<All>>) -> Result<Json<PolicyView>, Problem> {
    let host = Arc::clone(guard.host());
    match tokio::task::spawn_blocking(move || host.reload()).await {
        Ok(Ok(())) => Ok(Json(PolicyView::of(guard.host()))),
        Ok(Err(error)) => Err(Problem::of(
            &POLICY_BAD,
            format!("the policy was not replaced, the one before stays in force; put this right:\n{error}"),
        )),
        Err(_) => Err(Problem::of(&WORKER_LOST, "reading the policy broke down; the host's log says where")),
    }
}

impl PolicyView {
    fn of(host: &Host) -> Self {
        let policy = host.policy();
        let defaults = rows(&punktfunk_config::Loaded::default());
        let row = |row: punktfunk_config::Row| {
            let default = defaults.iter().find(|default| default.key == row.key);
            PolicyRow {
                description: description_of(&row.key),
                default: default.map_or(serde_json::Value::Null, |default| default.value.clone()),
                origin: OriginKind::from(&row.origin),
                place: (row.origin != Origin::Default).then(|| row.origin.to_string()),
                path: row.key,
                value: row.value,
            }
        };
        let rows: Vec<PolicyRow> = rows(policy.loaded()).into_iter().map(row).collect();
        let problem =
            host.policy_trouble().map(|trouble| PolicyProblem { text: trouble.text, at: trouble.at });
        Self { file: policy.file().map(str::to_owned), yaml: show(policy.loaded()), rows, problem }
    }
}

impl From<&Origin> for OriginKind {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Default => Self::Default,
            Origin::File { .. } => Self::File,
            Origin::Flag { .. } => Self::Flag,
        }
    }
}
