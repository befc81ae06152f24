//! `cargo xtask demo`: builds the workbench and the release binary, then becomes `oriel demo`,
//! which invents the day, runs it through the pipeline and serves the workbench.

use crate::args::Args;
use crate::step::{Steps, cargo, oriel};
use crate::web;
use anyhow::{Context, Result, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Where `oriel` serves unless told otherwise.
const PORT: u16 = 8480;

pub(crate) fn run(mut args: Args) -> Result<()> {
    // Read now: nobody wants to learn of a misspelt option after ten minutes of building.
    let mut words = vec!["demo".to_owned()];
    for (name, number) in [
        ("--travellers", true),
        ("--seed", true),
        ("--data", false),
        ("--pace", true),
        ("--hours", true),
    ] {
        let value: Option<String> = args.value(name)?;
        if let Some(value) = value {
            if number && value.parse::<u64>().is_err() {
                bail!("{name} must be a whole number, not {value:?}");
            }
            words.extend([name.to_owned(), value]);
        }
    }
    let live = args.flag("--live");
    if live {
        words.push("--live".to_owned());
    }
    let serve = !args.flag("--no-serve");
    if !serve {
        words.push("--no-serve".to_owned());
    }
    args.done()?;
    if serve || live {
        port_is_free(PORT)?;
    }

    let mut steps = Steps::new();
    web::build(&mut steps)?;
    let advice = "the compiler says above what it could not build";
    let mut build = cargo(&["build", "--release", "--locked", "--package", "oriel-cli"]);
    steps.run("release build", &mut build, advice)?;
    steps.summary();
    println!();
    let program = oriel("release")?;
    // Becoming the program leaves nobody in between when it is interrupted.
    let fault = Command::new(&program).args(words).exec();
    Err(fault).with_context(|| format!("could not start {}", program.display()))
}

fn port_is_free(port: u16) -> Result<()> {
    if let Err(fault) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        bail!(
            "the workbench cannot be served on 127.0.0.1:{port} ({fault}): end the program that \
             uses the port, or give --no-serve to stop after the table"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> String {
        let words = line.split_whitespace().map(str::to_owned);
        run(Args::new(words)).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_option_is_refused_before_anything_is_built() {
        assert_eq!(
            fault("--travellers many"),
            "--travellers must be a whole number, not \"many\""
        );
        assert!(fault("--no-server").starts_with("there is no option --no-server"));
    }

    #[test]
    fn a_port_in_use_is_said_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let text = port_is_free(port).unwrap_err().to_string();
        assert!(
            text.contains(&format!("127.0.0.1:{port}")) && text.contains("--no-serve"),
            "{text}"
        );
    }
}
