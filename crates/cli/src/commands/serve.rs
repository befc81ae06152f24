//! `oriel serve`: the workbench and the API.

use super::Place;
use crate::output::{Exit, fail, print};
use anyhow::Context;
use oriel_app::App;
use std::net::SocketAddr;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8480", env = "ORIEL_LISTEN")]
    listen: SocketAddr,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let app = Arc::new(args.place.open(false, super::system_clock())?);
    serve(app, args.listen, |address| {
        print(&format!("Oriel serves on http://{address}"))
    })
}

/// Serves until the process is asked to end; `ready` is told the address.
pub(crate) fn serve(
    app: Arc<App>,
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
        // What a list import left to be screened, in the background, in small steps.
        let behind = Arc::clone(&app);
        tokio::task::spawn_blocking(
            move || {
                while behind.rescreen(4).is_ok_and(|(_, more)| more) {}
            },
        );
        oriel_server::serve(app, listener, asked_to_end()).await?;
        Ok(Exit::Clean)
    })
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
