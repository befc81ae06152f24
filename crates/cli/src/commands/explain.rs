//! `oriel explain CODE`: what a finding means, where that is written, what the sender should do.

use crate::output::{Exit, fail, print};
use oriel_messages::findings;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Code such as `PAX-0231`; without one, every code is listed.
    code: Option<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let Some(code) = &args.code else {
        for kind in findings::all() {
            print(&format!(
                "{}  {:<8} {}",
                kind.code,
                kind.severity.name(),
                kind.text
            ))?;
        }
        return Ok(Exit::Clean);
    };
    let kind = findings::by_code(&code.to_uppercase()).ok_or_else(|| {
        fail(
            Exit::Unreadable,
            format!("there is no finding {code:?}; `oriel explain` lists every code"),
        )
    })?;
    print(&format!("{} ({})", kind.code, kind.severity.name()))?;
    print(&format!("  {}", kind.text))?;
    print(&format!("  source: {}", kind.source))?;
    print(&format!("  advice: {}", kind.advice))?;
    Ok(Exit::Clean)
}
