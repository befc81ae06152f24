//! `oriel user`: accounts of the workbench.

use super::Place;
use crate::output::{Exit, fail, print};
use oriel_policy::Role;
use std::io::{BufRead, IsTerminal};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make an account, or change its name, roles and password.
    Add {
        #[command(flatten)]
        place: Place,
        /// What the person types to sign in.
        login: String,
        /// Name shown to colleagues.
        #[arg(long)]
        name: String,
        /// Role; may be given several times.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Give a one-time link instead of asking for a password.
        #[arg(long)]
        link: bool,
    },
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    let Command::Add {
        place,
        login,
        name,
        roles,
        link,
    } = command;
    let roles: Vec<Role> = roles
        .iter()
        .map(|role| {
            Role::parse(role).ok_or_else(|| {
                let known: Vec<&str> = Role::ROWS.iter().map(|row| row.0).collect();
                fail(
                    Exit::Configuration,
                    format!("there is no role {role:?}; roles are {}", known.join(", ")),
                )
            })
        })
        .collect::<anyhow::Result<_>>()?;
    let app = place.open(true, super::system_clock())?;
    if *link {
        let account = app.account_put(login, name, &roles, None)?;
        let token = app.link_make(&account)?;
        print(&format!(
            "sign-in link, good once and for 30 minutes: /#/sign-in/{}",
            token.expose()
        ))?;
        return Ok(Exit::Clean);
    }
    let password = read_password()?;
    app.account_put(login, name, &roles, Some(&password))?;
    print("done")?;
    Ok(Exit::Clean)
}

/// The first line of standard input. On a terminal the person is told that it will be seen.
fn read_password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        crate::output::complain("password (it is shown as you type; pipe it in to avoid that):");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
