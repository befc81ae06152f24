//! `oriel simulate`: invented traffic, lists and an answer key, as files; or single messages of
//! every format, each beside what it says; or the traffic sent, as its carriers would send it.

pub(crate) mod cast;
pub(crate) mod push;
mod samples;

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
    #[arg(long, value_name = "DIR", required_unless_present = "push")]
    out: Option<PathBuf>,
    /// Single messages of these formats instead of traffic, `all` for every one.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    formats: Vec<String>,
    /// Single messages with these deviations, `all` for every one.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    faults: Vec<String>,
    /// How many of each, of single messages.
    #[arg(long, default_value_t = 10)]
    count: u64,
    #[command(flatten)]
    push: push::PushArgs,
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
    let Some(out) = &args.out else {
        return push::run(&args.push, args.world);
    };
    let single = !args.formats.is_empty() || !args.faults.is_empty();
    let files = if single {
        must_be_empty(out)?;
        samples::write(
            out,
            &args.formats,
            &args.faults,
            args.world.seed,
            args.count,
        )?
    } else {
        write(&args.world.world(), out)?
    };
    print(&format!("{files} files written to {}", out.display()))?;
    Ok(Exit::Clean)
}

/// Writes messages, lists, the schedule and the answer key below `out`.
pub(crate) fn write(world: &World, out: &Path) -> anyhow::Result<usize> {
    must_be_empty(out)?;
    let bar = progress(0, "files");
    let mut files = 0;
    for transmission in world.transmissions() {
        put(
            &out.join("messages").join(&transmission.path),
            &transmission.bytes,
        )?;
        files += 1;
        bar.inc(1);
    }
    for (path, bytes) in world.lists() {
        put(&out.join(&path), &bytes)?;
        files += 1;
    }
    put(&out.join("schedule.ssim"), &world.schedule())?;
    put(
        &out.join("answers.jsonl"),
        (world.answers().join("\n") + "\n").as_bytes(),
    )?;
    bar.finish_and_clear();
    Ok(files + 2)
}

fn must_be_empty(out: &Path) -> anyhow::Result<()> {
    let used = out
        .read_dir()
        .is_ok_and(|mut inside| inside.next().is_some());
    match used {
        true => Err(fail(
            Exit::Configuration,
            format!("{} is not empty; name another folder", out.display()),
        )),
        false => Ok(()),
    }
}

/// Writes a file, and the folders it stands in.
fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}
