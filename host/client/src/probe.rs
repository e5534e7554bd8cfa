//! A look at a host's certificate, without asking it for anything.

use std::sync::Arc;

use punktfunk_core::wire::CloseCode;
use punktfunk_trust::Identity;

use crate::client::{new_runtime, run};
use crate::dial::dial;
use crate::error::ConnectError;
use crate::options::DIAL_BUDGET;
use crate::{HostAddress, HostId, HostPin};

/// Returns the fingerprint that a host shows, so that a person can compare it before trusting it. Blocks until then.
///
/// To the host this is a reachability probe: it neither records nor asks anything (punktfunk/1 §1.3).
///
/// # Errors
/// When the host cannot be reached or does not speak this protocol.
pub fn probe(address: &HostAddress, identity: &Arc<Identity>) -> Result<HostId, ConnectError> {
    let runtime = new_runtime()?;
    let (address, identity) = (address.clone(), Arc::clone(identity));
    let outcome = run(&runtime, async move {
        let dialled = dial(&address, &identity, HostPin::TrustOnFirstUse, DIAL_BUDGET, |_| ()).await?;
        dialled.hang_up(CloseCode::Done).await;
        Ok(dialled.host)
    });
    runtime.shutdown_background();
    outcome
}
