//! `console`: who runs the box over its web console. Works for whoever is at the box, through the control socket.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use punktfunk_media::Qr;
use reqwest::Method;
use serde::Serialize;

use super::local::{Local, LocalError, RuntimeDir};
use super::print::{self, Output};
use crate::console::{ApiToken, ClaimState, NewApiToken, TokenBody};
use crate::owner::{ShortId, TokenScope};

/// Says who runs the box over the web console.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConsoleArgs {
    #[command(flatten)]
    runtime: RuntimeDir,
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-host console claim-code                        where to go, and with which code
  punktfunk-host console reset-password                    forget it; everybody is signed out
  punktfunk-host console token add dashboard --scope read  a token for a script, shown once
  punktfunk-host console token revoke 9f2c41ab9f2c41ab     make a token work no more";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the code that claims this box
    ClaimCode,
    /// Forget the password: everybody is signed out, no token works, and a new code claims this box. Devices that are
    /// let in stay so
    ResetPassword,
    /// Tokens by which scripts ask
    #[command(subcommand)]
    Token(TokenVerb),
}

#[derive(Debug, Subcommand)]
enum TokenVerb {
    /// Make a token; its text is shown this once
    Add {
        /// What to call it
        name: String,
        /// What it may do
        #[arg(long, value_enum)]
        scope: TokenScope,
    },
    /// List the tokens
    List,
    /// Make a token work no more
    Revoke {
        /// Its id in `token list`
        id: ShortId,
    },
}

/// Runs the verb.
pub(super) fn run(args: &ConsoleArgs) -> ExitCode {
    let done = Local::open(&args.runtime.path).and_then(|local| match &args.verb {
        Verb::ClaimCode => claim_code(&local, args.output),
        Verb::ResetPassword => reset(&local, args.output),
        Verb::Token(TokenVerb::Add { name, scope }) => add(&local, args.output, name, *scope),
        Verb::Token(TokenVerb::List) => list(&local, args.output),
        Verb::Token(TokenVerb::Revoke { id }) => revoke(&local, args.output, *id),
    });
    print::outcome(args.output, done)
}

fn claim_code(local: &Local, output: Output) -> Result<(), LocalError> {
    let state: ClaimState = local.get("/claim-code")?;
    output.show(&state, || how_to_claim(&state));
    Ok(())
}

fn how_to_claim(state: &ClaimState) -> String {
    let ClaimState { code, url, link, .. } = state;
    match code {
        Some(code) => {
            // a square of characters is for eyes, not for pipes
            let square = link.as_deref().filter(|_| std::io::stdout().is_terminal()).and_then(Qr::of);
            let square = square.map_or_else(String::new, |qr| format!("Or scan this:\n{}", qr.text()));
            format!("{code}\nOpen {url} and enter this code to claim the box.\n{square}")
        }
        None => format!(
            "This box has an owner: sign in at {url}\nA forgotten password is reset with \
             `punktfunk-host console reset-password`.\n"
        ),
    }
}

fn reset(local: &Local, output: Output) -> Result<(), LocalError> {
    let state: ClaimState = local.send(Method::POST, "/reset-password", &serde_json::json!({}))?;
    output.show(&state, || {
        format!("The password is forgotten and everybody signed out.\n{}", how_to_claim(&state))
    });
    Ok(())
}

fn add(local: &Local, output: Output, name: &str, scope: TokenScope) -> Result<(), LocalError> {
    let body = TokenBody { name: name.to_owned(), scope };
    let made: NewApiToken = local.send(Method::POST, "/tokens", &body)?;
    output.show(&made, || {
        format!("{}\nIt is shown this once. Revoke it with its id, {}.\n", made.token, made.id)
    });
    Ok(())
}

fn list(local: &Local, output: Output) -> Result<(), LocalError> {
    let tokens: Vec<ApiToken> = local.get("/tokens")?;
    output.show(&tokens, || {
        if tokens.is_empty() {
            return "There are no tokens. `console token add NAME --scope read` makes one.\n".to_owned();
        }
        let line = |token: &ApiToken| {
            let used = if token.last_used.is_some() { "" } else { ", never used" };
            format!("{}  {} ({}{used})\n", token.id, token.name, token.scope)
        };
        tokens.iter().map(line).collect()
    });
    Ok(())
}

fn revoke(local: &Local, output: Output, id: ShortId) -> Result<(), LocalError> {
    local.order(Method::DELETE, &format!("/tokens/{id}"), None::<&()>)?;
    output.show(&Done { done: true }, || format!("{id} works no more\n"));
    Ok(())
}

#[derive(Serialize)]
struct Done {
    done: bool,
}
