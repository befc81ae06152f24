//! `oriel simulate`: invented traffic, lists and an answer key, as files.

use crate::output::{Exit, fail, print, progress};
use anyhow::Context;
use jiff::civil::Date;
use oriel_synth::{Config, World};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    /// Folder to write to; it must be empty or not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Which world.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct WorldArgs {
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days of traffic.
    #[arg(long, default_value_t = 1)]
    pub(crate) days: u32,
    /// Travellers a day, about.
    #[arg(long, default_value_t = 9_600)]
    pub(crate) travellers: u32,
    /// First day, in Utopia's calendar.
    #[arg(long, default_value = "2026-11-22")]
    pub(crate) day: Date,
}

impl WorldArgs {
    pub(crate) fn world(self) -> World {
        World::new(Config {
            seed: self.seed,
            days: self.days,
            travellers: self.travellers,
            first_day: self.day,
            faults: true,
        })
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let world = args.world.world();
    let files = write(&world, &args.out)?;
    print(&format!("{files} files written to {}", args.out.display()))?;
    Ok(Exit::Clean)
}

/// Writes messages, lists and the answer key below `out`.
pub(crate) fn write(world: &World, out: &Path) -> anyhow::Result<usize> {
    if out
        .read_dir()
        .is_ok_and(|mut inside| inside.next().is_some())
    {
        return Err(fail(
            Exit::Configuration,
            format!("{} is not empty; name another folder", out.display()),
        ));
    }
    let put = |path: &Path, bytes: &[u8]| -> anyhow::Result<()> {
        let path = out.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not make {}", folder.display()))?;
        }
        std::fs::write(&path, bytes).with_context(|| format!("could not write {}", path.display()))
    };
    let bar = progress(0, "files");
    let mut files = 0;
    for transmission in world.transmissions() {
        put(
            &Path::new("messages").join(&transmission.path),
            &transmission.bytes,
        )?;
        files += 1;
        bar.inc(1);
    }
    for (path, bytes) in world.lists() {
        put(Path::new(&path), &bytes)?;
        files += 1;
    }
    put(
        Path::new("answers.jsonl"),
        (world.answers().join("\n") + "\n").as_bytes(),
    )?;
    bar.finish_and_clear();
    Ok(files + 1)
}
