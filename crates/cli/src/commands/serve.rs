//! `oriel serve`: the workbench and the API.

use super::Place;
use crate::config::{Config, check_public_url};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use oriel_app::{App, AppError};
use oriel_server::Options;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// Address to listen on [default: 127.0.0.1:8480].
    #[arg(long, env = "ORIEL_LISTEN")]
    listen: Option<SocketAddr>,
    /// Configuration file; docs/operations.md lists its keys. Options given here win.
    #[arg(long, value_name = "FILE", env = "ORIEL_CONFIG")]
    config: Option<PathBuf>,
    /// Address at which browsers see the workbench, such as https://oriel.example.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Address of a proxy whose X-Forwarded-For is believed; may be given several times.
    #[arg(long = "proxy", value_name = "IP")]
    proxies: Vec<IpAddr>,
}

/// Where it listens unless it is told.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8480);

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    if let Some(url) = &args.public_url {
        check_public_url(url).map_err(|fault| fail(Exit::Configuration, fault))?;
    }
    let options = Options {
        public_url: args.public_url.clone().or(config.public_url),
        proxies: [args.proxies.as_slice(), &config.proxies].concat(),
    };
    let app = Arc::new(args.place.open(false, super::system_clock())?);
    let first = app.first_link()?;
    let public = options.public_url.clone();
    let listen = args.listen.or(config.listen).unwrap_or(LISTEN);
    serve(app, options, listen, |address| {
        let base = public.unwrap_or_else(|| format!("http://{address}"));
        print(&format!("Oriel serves on http://{address}"))?;
        if let Some(token) = first {
            print(&format!(
                "Nobody administers it yet. Whoever opens this link becomes the first administrator; \
                 it works once:\n  {base}/#/first/{}",
                token.expose()
            ))?;
        }
        Ok(())
    })
}

/// Serves until the process is asked to end; `ready` is told the address.
pub(crate) fn serve(
    app: Arc<App>,
    options: Options,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("could not start the server's threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|fault| {
            fail(
                Exit::Unreachable,
                format!(
                    "cannot listen on {listen} ({fault}); end the program that uses the port, or \
                     choose another with --listen"
                ),
            )
        })?;
        ready(listener.local_addr()?)?;
        let tending = tokio::spawn(tend(Arc::clone(&app)));
        let served = oriel_server::serve(Arc::clone(&app), options, listener, asked_to_end()).await;
        tending.abort();
        served?;
        // What happened last is signed too, before nobody is there to sign it.
        app.store().checkpoint()?;
        Ok(Exit::Clean)
    })
}

/// How often what is due is looked for.
const TEND_EVERY: Duration = Duration::from_secs(30);

/// In the background, in small steps: screens what a list import left to be screened, masks and
/// erases what is due. What fails is tried again the next time.
async fn tend(app: Arc<App>) {
    let mut tick = tokio::time::interval(TEND_EVERY);
    loop {
        tick.tick().await;
        let app = Arc::clone(&app);
        let work = tokio::task::spawn_blocking(move || -> Result<(), AppError> {
            while app.rescreen(4)?.1 {}
            while app.sweep(4)?.1 {}
            Ok(())
        });
        if let Ok(Err(fault)) = work.await {
            tracing::error!(%fault, "screening or sweeping in the background failed");
        }
    }
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        // Without signals the process can still be ended from outside.
        Err(_) => std::future::pending().await,
    }
}
