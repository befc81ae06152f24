//! `oriel user`: accounts, from the machine itself.
//!
//! Whoever runs it can open the store's file as well, so no second administrator is asked for; the
//! audit log says `console`.

use super::Place;
use crate::output::{Exit, complain, fail, print};
use oriel_app::{App, NewMachine};
use oriel_policy::Role;
use oriel_store::Account;
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
        /// Recipient it works for; the default one unless given.
        #[arg(long, value_name = "ID")]
        recipient: Option<String>,
        /// Give a one-time link instead of asking for a password; a machine needs neither.
        #[arg(long)]
        link: bool,
    },
    /// List accounts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// End an account, its sessions and its keys.
    End {
        #[command(flatten)]
        place: Place,
        /// Its login.
        login: String,
    },
    /// End every session of an account.
    Sessions {
        #[command(flatten)]
        place: Place,
        /// Its login.
        login: String,
    },
    /// Make a key for a machine, or bind a client certificate to it.
    Key {
        #[command(flatten)]
        place: Place,
        /// The machine's login.
        login: String,
        /// What the key is called in lists.
        #[arg(long)]
        name: String,
        /// Days for which it counts, 1 to 400.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// SHA-256 of the client certificate, in hexadecimal digits, instead of a key.
        #[arg(long, value_name = "SHA256")]
        certificate: Option<String>,
    },
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Add {
            place,
            login,
            name,
            roles,
            recipient,
            link,
        } => add(place, recipient.as_deref(), login, name, roles, *link)?,
        Command::List { place } => list(&open(place)?)?,
        Command::End { place, login } => {
            let app = open(place)?;
            app.account_end(&app.console(), &account(&app, login)?.id)?;
            print("ended")?;
        }
        Command::Sessions { place, login } => {
            let app = open(place)?;
            let ended = app.session_end_all(&app.console(), &account(&app, login)?.id)?;
            print(&format!("{ended} sessions ended"))?;
        }
        Command::Key {
            place,
            login,
            name,
            days,
            certificate,
        } => {
            let app = open(place)?;
            let (admin, id) = (app.console(), account(&app, login)?.id);
            let new = NewMachine { name, days: *days };
            match certificate {
                Some(is) => {
                    let key = app.machine_certificate_bind(&admin, &id, new, is)?;
                    print(&format!("bound as {} until {}", key.id, key.expires_at))?;
                }
                None => {
                    let (key, secret) = app.machine_key_make(&admin, &id, new)?;
                    complain(&format!(
                        "{} counts until {}; it is shown this once:",
                        key.id, key.expires_at
                    ));
                    print(secret.expose())?;
                }
            }
        }
    }
    Ok(Exit::Clean)
}

fn open(place: &Place) -> anyhow::Result<App> {
    place.open(false, super::system_clock())
}

fn account(app: &App, login: &str) -> anyhow::Result<Account> {
    let known = app.store().read(|tx| tx.account_by_login(login))?;
    known.ok_or_else(|| {
        fail(
            Exit::Refused,
            format!("there is no account {login:?}; `oriel user list` names them"),
        )
    })
}

fn add(
    place: &Place,
    recipient: Option<&str>,
    login: &str,
    name: &str,
    roles: &[String],
    link: bool,
) -> anyhow::Result<()> {
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
    if roles == [Role::Carrier] {
        app.account_put_for(recipient, login, name, &roles, None)?;
        return print(&format!("done; `oriel user key {login}` gives it a key"));
    }
    if link {
        let account = app.account_put_for(recipient, login, name, &roles, None)?;
        let token = app.link_make(&account)?;
        return print(&format!(
            "sign-in link, good once and for 30 minutes: /#/sign-in/{}",
            token.expose()
        ));
    }
    let password = read_password()?;
    app.account_put_for(recipient, login, name, &roles, Some(&password))?;
    print("done")
}

fn list(app: &App) -> anyhow::Result<()> {
    for account in app.store().read(|tx| tx.account_list())? {
        let names = |roles: &[Role]| {
            let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            names.join(",")
        };
        let mut line = format!(
            "{:<20} {:<8} {:<8} {}",
            account.login,
            account.compartment,
            if account.active {
                account.kind.name()
            } else {
                "ended"
            },
            names(&account.roles)
        );
        if let Some(proposal) = &account.proposal {
            line += &format!(" (wanted: {})", names(&proposal.roles));
        }
        print(line.trim_end())?;
    }
    Ok(())
}

/// The first line of standard input. On a terminal the person is told that it will be seen.
pub(crate) fn read_password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        complain("password (it is shown as you type; pipe it in to avoid that):");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
