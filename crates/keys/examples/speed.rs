//! Measures sealing and opening on this machine:
//! `cargo run --release --package oriel-keys --example speed`.

use oriel_keys::{Bucket, Class, KeyStore, Lock, Ring};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const DAY: Bucket = Bucket(20_000);

#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("oriel-keys-speed-{}", std::process::id()));
    let file = folder.join("oriel.keys");
    let keys = KeyStore::create(&file, &Lock::Plain, DAY)?;
    let ring = keys.ring("piu")?;
    let start = Instant::now();
    ring.seal(Class::Open, DAY, &[], &[])?;
    println!("first use of a class  {:>9.1?}", start.elapsed());
    println!("first use of a day    {:>9.1?}", {
        let start = Instant::now();
        ring.seal(Class::Open, Bucket(DAY.0 + 1), &[], &[])?;
        start.elapsed()
    });
    println!("destroy (durable)     {:>9.1?}", {
        let start = Instant::now();
        ring.destroy_before(Class::Opened, Bucket(1))?;
        start.elapsed()
    });
    for (class, size) in [
        (Class::Whole, 100),
        (Class::Whole, 4 << 10),
        (Class::Whole, 64 << 10),
        (Class::Masked, 100),
    ] {
        let plain = vec![7; size];
        let seal = |ring: &Ring, n: u64| ring.seal(class, DAY, &place(&n.to_be_bytes()), &plain);
        for threads in [1, 2] {
            let took = each(&ring, threads, |ring, n| seal(ring, n).map(drop));
            show("seal", class, size, threads, took);
        }
        if class != Class::Masked {
            let sealed = seal(&ring, 1)?;
            let took = each(&ring, 1, |ring, _| {
                ring.open(class, DAY, &place(&1_u64.to_be_bytes()), &sealed)
                    .map(drop)
            });
            show("open", class, size, 1, took);
        }
    }
    let took = each(&ring, 1, |ring, n| {
        black_box(ring.blind("document", &n.to_be_bytes()));
        Ok(())
    });
    show("blind", Class::Static, 8, 1, took);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A place as the store has it: table, journey, message.
fn place(row: &[u8]) -> [&[u8]; 3] {
    [b"report", b"0123456789abcdef", row]
}

/// Time of one act, by each of several threads at once: that of the quickest batch, because other
/// programs only ever make it longer.
fn each(
    ring: &Ring,
    threads: u64,
    act: impl Fn(&Ring, u64) -> Result<(), oriel_keys::KeyError> + Sync,
) -> Duration {
    const LONG: Duration = Duration::from_millis(400);
    let mut total = Duration::ZERO;
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let (start, mut quickest) = (Instant::now(), LONG);
                    while start.elapsed() < LONG {
                        let batch = Instant::now();
                        for n in 0..16 {
                            act(ring, n).expect("sealing works on this machine");
                        }
                        quickest = quickest.min(batch.elapsed() / 16);
                    }
                    quickest
                })
            })
            .collect();
        for run in runs {
            total += run.join().expect("a thread that measures ends");
        }
    });
    total / threads as u32
}

#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn show(act: &str, class: Class, size: usize, threads: u64, took: Duration) {
    let rate = size as f64 * threads as f64 / took.as_secs_f64() / 1e6;
    println!(
        "{act:<6}{:<8}{size:>6} B  {threads} thread(s)  {:>8} ns  {rate:>8.0} MB/s",
        class.name(),
        took.as_nanos()
    );
}
