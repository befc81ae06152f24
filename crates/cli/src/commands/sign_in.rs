//! Acts of a person at the console: signed in for one act and out again, as at the workbench.

use super::{Place, user};
use oriel_app::App;
use oriel_policy::{Act, Grant};

/// Where, and who does it.
#[derive(Debug, clap::Args)]
pub(crate) struct Who {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Login of the person. The password is read from standard input.
    #[arg(long)]
    login: String,
    /// Code of the person's generator, where the account has one.
    #[arg(long)]
    code: Option<String>,
}

impl Who {
    /// Does what the person may do with leave for `act`, and signs out.
    pub(crate) fn does<T>(
        &self,
        app: &App,
        act: Act,
        work: impl FnOnce(&Grant) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let password = user::read_password()?;
        let place = oriel_app::Place {
            device: "console",
            before: None,
        };
        let signed = app.sign_in(&self.login, &password, self.code.as_deref(), place)?;
        let done = app
            .authorize(&signed.session.actor, act, None)
            .map_err(anyhow::Error::from)
            .and_then(|grant| work(&grant));
        app.sign_out(&signed.session)?;
        done
    }
}
