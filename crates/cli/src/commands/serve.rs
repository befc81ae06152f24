//! `oriel serve`: the workbench and the API.

use super::Place;
use crate::clock::{self, Watch};
use crate::config::{Config, Provider, TlsFiles, check_public_url, secret};
use crate::output::{Exit, complain, fail, print};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, AppError};
use oriel_gateway::{Desk, Gateway};
use oriel_server::{Options, Tls};
use oriel_signin::{Passkeys, ProviderConfig, Providers};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// Address to listen on [default: 127.0.0.1:8480].
    #[arg(long, env = "ORIEL_LISTEN")]
    listen: Option<SocketAddr>,
    /// Address at which browsers see the workbench, such as `https://oriel.example`.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Address of a proxy whose X-Forwarded-For is believed; may be given several times.
    #[arg(long = "proxy", value_name = "IP")]
    proxies: Vec<IpAddr>,
    /// Certificate of the server's own TLS, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Authority of the certificates that machines show, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    client_ca: Option<PathBuf>,
}

/// Where it listens unless it is told.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8480);

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let config = args.place.config()?;
    let options = options(args, &config)?;
    let app = Arc::new(args.place.open(false, super::system_clock())?);
    let sweeps = clock::check(app.store(), Timestamp::now())?;
    if !sweeps {
        complain(
            "the store was not in use for more than a week: nothing is masked or erased until you \
             have made sure of the clock, run `oriel sweep` and started again",
        );
    }
    let transports = oriel_gateway::open_all(&config.transports).map_err(|fault| {
        let cause = std::error::Error::source(&fault).map(|cause| format!(" ({cause})"));
        fail(
            Exit::Configuration,
            format!("{fault}{}", cause.unwrap_or_default()),
        )
    })?;
    let first = app.first_link()?;
    let scheme = if options.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let public = options.public_url.clone();
    let listen = args.listen.or(config.listen).unwrap_or(LISTEN);
    let desk = Desk::new(Arc::clone(&app), config.agreements());
    let mut gateway = None;
    serve(app, options, listen, House::usual(sweeps), |address| {
        // Not before the port is ours: a second program on the same store would have failed by now.
        gateway = Some(Gateway::start(desk, transports));
        let base = public.unwrap_or_else(|| format!("{scheme}://{address}"));
        print(&format!("Oriel serves on {scheme}://{address}"))?;
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

/// What the command line says, and where it says nothing, the file.
fn options(args: &Args, config: &Config) -> anyhow::Result<Options> {
    let wrong = |fault: String| fail(Exit::Configuration, fault);
    if let Some(url) = &args.public_url {
        check_public_url(url).map_err(wrong)?;
    }
    let public_url = args.public_url.clone().or(config.public_url.clone());
    let files = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
            client_ca: args.client_ca.clone(),
        }),
        _ => config.tls.clone(),
    };
    let tls = files
        .map(|files| Tls::read(&files.certificate, &files.key, files.client_ca.as_deref()))
        .transpose()
        .map_err(|fault| wrong(fault.to_string()))?;
    let passkeys = public_url
        .as_deref()
        .map(Passkeys::new)
        .transpose()
        .map_err(|fault| wrong(fault.to_string()))?;
    let providers = match (&public_url, config.providers.as_slice()) {
        (_, []) => None,
        (None, _) => {
            let fault = "providers need public_url, because they send people back to it";
            return Err(wrong(fault.to_owned()));
        }
        (Some(url), known) => {
            let known: anyhow::Result<Vec<_>> = known.iter().map(provider).collect();
            let made = Providers::new(url, known?);
            Some(made.map_err(|fault| wrong(fault.to_string()))?)
        }
    };
    Ok(Options {
        public_url,
        proxies: [args.proxies.as_slice(), &config.proxies].concat(),
        passkeys: passkeys.map(Arc::new),
        providers: providers.map(Arc::new),
        tls,
        agreements: config.agreements(),
    })
}

fn provider(known: &Provider) -> anyhow::Result<ProviderConfig> {
    let client_secret = known
        .client_secret_file
        .as_deref()
        .map(secret)
        .transpose()?;
    Ok(ProviderConfig {
        id: known.id.clone(),
        name: known.name.clone(),
        issuer: known.issuer.clone(),
        client_id: known.client_id.clone(),
        client_secret,
    })
}

/// What ends a serving program beside whoever asks it to.
pub(crate) type Until = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How a serving program keeps house.
pub(crate) struct House {
    /// Masks and erases what is due.
    sweeps: bool,
    /// How often it says that it is there, and looks for what is due.
    beats: Duration,
    tends: Duration,
    until: Until,
}

impl House {
    /// In earnest.
    pub(crate) fn usual(sweeps: bool) -> Self {
        Self {
            sweeps,
            beats: TEND_EVERY,
            tends: TEND_EVERY,
            until: Box::pin(std::future::pending()),
        }
    }

    /// Where the program's clock goes so many times as fast as the machine's.
    pub(crate) fn at_pace(pace: f64, until: Until) -> Self {
        let every = TEND_EVERY.div_f64(pace);
        Self {
            sweeps: true,
            beats: every.max(Duration::from_millis(20)),
            tends: every.max(Duration::from_millis(500)),
            until,
        }
    }
}

/// Goes without large pages of memory from now on. The lists are in memory by now, in pages of two
/// megabytes, which searching them wants; what comes is small and in many threads, and pages of that
/// size would hold little each.
pub(crate) fn small_pages() {
    if let Err(fault) = nix::sys::prctl::set_thp_disable(true) {
        tracing::warn!(%fault, "memory is still given out in large pages");
    }
}

/// Serves until the process is asked to end, or the clock is set; `ready` is told the address.
pub(crate) fn serve(
    app: Arc<App>,
    options: Options,
    listen: SocketAddr,
    house: House,
    ready: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    // Each connection is an open file, and so is what the store writes.
    if let Err(fault) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%fault, "the limit of open files stays as it is");
    }
    small_pages();
    // Before anybody is told what is missing: while the program was off, nobody could send.
    app.beat(true)?;
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
        let until = house.until;
        let ends = async {
            tokio::select! {
                () = asked_to_end() => {}
                () = until => {}
            }
        };
        let served = oriel_server::serve(Arc::clone(&app), options, listener, ends);
        tokio::select! {
            served = served => served?,
            never = beat(Arc::clone(&app), house.beats) => match never {},
            by = tend(Arc::clone(&app), house.sweeps, house.tends) => {
                return Err(fail(
                    Exit::Configuration,
                    format!(
                        "the machine's clock was set by {by:#}: make sure that it is right, then \
                         start again"
                    ),
                ));
            }
        }
        // What happened last is signed too, before nobody is there to sign it.
        app.store().checkpoint()?;
        Ok(Exit::Clean)
    })
}

/// How often what is due is looked for.
const TEND_EVERY: Duration = Duration::from_secs(30);

/// In the background, in small steps: screens what a list import left to be screened, masks and
/// erases what is due, checks the log and looks for signs of misuse in it, tells carriers what is
/// missing. What fails is tried
/// again the next time. Ends when the clock was set, and says by how much.
async fn tend(app: Arc<App>, sweeps: bool, every: Duration) -> SignedDuration {
    let clock = Watch::start();
    let mut tick = tokio::time::interval(every);
    loop {
        tick.tick().await;
        if let Some(by) = clock.set() {
            return by;
        }
        let app = Arc::clone(&app);
        let work = tokio::task::spawn_blocking(move || -> Result<(), AppError> {
            while app.rescreen(4)?.1 {}
            while sweeps && app.sweep(4)?.1 {}
            app.oversee()?;
            app.tell_carriers()?;
            app.put_away();
            Ok(())
        });
        if let Ok(Err(fault)) = work.await {
            tracing::error!(%fault, "screening or sweeping in the background failed");
        }
    }
}

/// Says in the store that the program is there, however long anything else takes: where nobody says
/// so for a while, there was an outage.
async fn beat(app: Arc<App>, every: Duration) -> Infallible {
    let mut tick = tokio::time::interval(every);
    loop {
        tick.tick().await;
        let app = Arc::clone(&app);
        let beaten = tokio::task::spawn_blocking(move || app.beat(false)).await;
        if let Ok(Err(fault)) = beaten {
            tracing::error!(%fault, "the store does not know that the program is there");
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
