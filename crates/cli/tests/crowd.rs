//! Ten thousand connections at once against a running `oriel serve`, over every port: they are bounded
//! or sent away, carriers are heard meanwhile, and nothing of it is left when they have gone.
//!
//! The traffic is invented by the simulator.

mod window;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use window::{Window, figure};

/// Connections, and how many one program holds: few enough for what any system lets it open.
const CROWD: usize = 10_000;
const EACH: usize = 800;

/// Addresses of this machine that the crowd comes from.
const ADDRESSES: usize = 100;

/// Mebibytes that the window may need for a crowd.
const MEMORY: u64 = 400;

/// Says to a program of the crowd at which addresses it connects, and which connections are its own.
const DOORS: &str = "ORIEL_CROWD_DOORS";
const FIRST: &str = "ORIEL_CROWD_FIRST";

#[test]
fn ten_thousand_connections_keep_nobody_out() {
    let names = ["zq", "x9", "q0", "x0", "0z", "j0", "8x", "7x", "0u", "k0"].map(str::to_owned);
    let program = Path::new(env!("CARGO_BIN_EXE_oriel"));
    let window = Window::new(program, None, &names, (0..0, 9..10));
    let ways = ["http", "sftp", "line", "matip", "as4"];
    let doors = ways.map(|scheme| window.url(scheme));
    let urls = [&doors[..], window.queues()].concat();
    let world = ["--seed", "7", "--travellers", "100"];
    let mut server = window.serve();
    let play = |name: &str, urls: &[String]| {
        let more = ["--minutes", "0.1", "--insists", "1", "--patience", "5"];
        let report = window.push(urls, &[&world[..], &more].concat(), &[0]);
        for none in ["unanswered", "accepted_twice", "not_known"] {
            assert_eq!(figure(&report, none), 0, "{name}: {none}: {report}");
        }
        report
    };
    let firsts = (0..CROWD).step_by(EACH);
    let mut crowd: Vec<Child> = firsts.map(|first| gather(&doors, first)).collect();
    // Their outputs stay open as long as they run.
    let held: Vec<_> = crowd.iter_mut().map(held).collect();
    let inside: usize = held.iter().map(|(count, _)| count).sum();
    assert!(
        inside > CROWD / 4,
        "{inside} are connected: that is no crowd"
    );
    let report = play("meanwhile", &urls);
    assert!(figure(&report, "accepted") > 0, "{report}");
    let resident = server.resident();
    assert!(
        (1..MEMORY).contains(&resident),
        "{resident} MiB for {inside} connections"
    );
    for mut program in crowd {
        drop(program.stdin.take());
        program.wait().unwrap();
    }
    drop(held);
    // The same again: everybody is known, over every way.
    let report = play("afterwards", &urls);
    assert_eq!(figure(&report, "accepted"), 0, "{report}");
    assert!(figure(&report, "duplicate") > 0, "{report}");
    server.kill();
    window.kept_like_calm(&world);
}

/// Starts a program that holds connections until its input ends.
fn gather(urls: &[String], first: usize) -> Child {
    let doors: Vec<&str> = urls.iter().map(|url| door(url)).collect();
    let words = ["--exact", "one_of_the_crowd", "--nocapture"];
    Command::new(std::env::current_exe().unwrap())
        .args(words)
        .env(DOORS, doors.join(" "))
        .env(FIRST, first.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Address and port of a way in.
fn door(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap();
    rest.split(['?', '#', '/']).next().unwrap()
}

/// Waits until a program has tried all of its connections; how many it has, and its output.
fn held(program: &mut Child) -> (usize, BufReader<ChildStdout>) {
    let mut output = BufReader::new(program.stdout.take().unwrap());
    let mut lines = output.by_ref().lines().map_while(Result::ok);
    let count = lines.find_map(|line| line.split_once("holds ")?.1.parse().ok());
    (count.expect("it says how many it holds"), output)
}

/// The other one starts it as a program of its own; by itself there is no door to go to.
#[test]
fn one_of_the_crowd() {
    let Ok(doors) = std::env::var(DOORS) else {
        return;
    };
    let doors: Vec<SocketAddr> = doors.split(' ').map(|it| it.parse().unwrap()).collect();
    let first: usize = std::env::var(FIRST).unwrap().parse().unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let held = runtime.block_on(async {
        let mut held = Vec::new();
        let numbers: Vec<usize> = (first..CROWD.min(first + EACH)).collect();
        // A few at a time: a door that is shut keeps only those waiting.
        for some in numbers.chunks(100) {
            let tries = some
                .iter()
                .map(|number| tokio::spawn(one(*number, doors.clone())));
            for one in tries.collect::<Vec<_>>() {
                held.extend(one.await.unwrap());
            }
        }
        held
    });
    let mut output = std::io::stdout();
    writeln!(output, "holds {}", held.len()).unwrap();
    output.flush().unwrap();
    // Until nobody needs the crowd any more.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// One connection, silent or in the middle of a word; nothing where it is not let in.
async fn one(number: usize, doors: Vec<SocketAddr>) -> Option<TcpStream> {
    // Two of five at the first door, the others dealt evenly.
    let door = match number % 5 {
        0 | 1 => doors[0],
        _ => doors[1 + number / 5 % (doors.len() - 1)],
    };
    let own = Ipv4Addr::new(127, 0, 1, (number % ADDRESSES) as u8);
    let connect = async {
        let socket = TcpSocket::new_v4()?;
        // Its port is free at once when it goes: others look for one in the minute that follows.
        socket.set_zero_linger()?;
        socket.bind((own, 0).into())?;
        let mut stream = socket.connect(door).await?;
        if number.is_multiple_of(2) {
            stream.write_all(b"POST /api").await?;
        }
        Ok::<_, std::io::Error>(stream)
    };
    let patience = std::time::Duration::from_secs(2);
    tokio::time::timeout(patience, connect).await.ok()?.ok()
}
