//! One thing at a time, on a file, for those who count: instructions (callgrind), memory (`/proc`), CPU time.
//!
//! ```text
//! measure write large|wrong|long|small NUMBER PATH
//!                                         so many bytes, or so many berichten, each ended by a NUL
//! measure run TASK PATH                   once
//! measure memory TASK PATH                once, and how far memory rose over what it was before
//! measure ratio PATH                      each task in turn, several rounds; CPU time against the bare pass
//! measure serve NUMBER [PROGRAM]          what `serve` takes for declaraties of so many bytes, idle and at its peak
//! measure mixed NUMBER [PROGRAM]          how long small berichten wait for `serve` while a declaratie of so many bytes comes every 5 s
//! measure drain NUMBER [PROGRAM]          how fast the relay of `serve` sends so many berichten to the mock network
//! measure rounds TASK PATH                once for each line on stdin; its CPU seconds (`benches/compare`)
//! measure start BINARY PATH               from exec to the first answer of `serve`, and to the end of `validate PATH`
//! ```
//!
//! A TASK is `bare` (every event of quick-xml), `check` (the schema), `read` (the schema and decoding),
//! `stream` (as `read`, from the file), `bare-stream` (as `bare`, from the file),
//! `judge` (as `read`, and all rules that need no other bericht), or `encode`.

#[path = "data.rs"]
mod data;
#[path = "drain.rs"]
mod drain;
#[path = "mixed.rs"]
mod mixed;
#[path = "serve.rs"]
mod serve;
#[path = "start.rs"]
mod start;

use std::fs;
use std::hint::black_box;
use std::io::BufReader;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::NaiveDate;
use iwmo_gateway::config::codelijsten::Codelijsten;
use iwmo_gateway::domain::judging::judge::judge_alone;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::xml;
use quick_xml::Reader;
use quick_xml::events::Event;

const TASKS: [&str; 5] = ["bare", "check", "read", "judge", "encode"];
const ROUNDS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", kind, number, path] => write(kind, number.parse().expect("a number"), path),
        ["run", "stream", path] => _ = black_box(stream(path)),
        ["run", task, path] => _ = black_box(run(task, &load(path))),
        ["memory", task, path] => memory(task, path),
        ["ratio", path] => ratio(path),
        ["serve", number] => serve::measure(number.parse().expect("a number"), env!("CARGO_BIN_EXE_iwmo-gateway")),
        ["serve", number, program] => serve::measure(number.parse().expect("a number"), program),
        ["mixed", number] => mixed::measure(number.parse().expect("a number"), env!("CARGO_BIN_EXE_iwmo-gateway")),
        ["mixed", number, program] => mixed::measure(number.parse().expect("a number"), program),
        ["drain", number] => drain::measure(number.parse().expect("a number"), env!("CARGO_BIN_EXE_iwmo-gateway")),
        ["drain", number, program] => drain::measure(number.parse().expect("a number"), program),
        ["rounds", task, path] => rounds(task, path),
        ["start", binary, path] => start::print(binary, path),
        _ => println!("see the head of benches/measure.rs"),
    }
}

fn write(kind: &str, number: usize, path: &str) {
    let text = match kind {
        "large" => data::large(number),
        "wrong" => data::wrong(number),
        "long" => data::long(number),
        _ => data::small(number).into_iter().map(|bericht| bericht + "\0").collect(),
    };
    fs::write(path, text).expect("written");
}

/// The berichten in a file.
fn load(path: &str) -> Vec<String> {
    let text = fs::read_to_string(path).expect("readable");
    if text.contains('\0') { text.split_terminator('\0').map(str::to_owned).collect() } else { vec![text] }
}

fn run(task: &str, berichten: &[String]) -> usize {
    let all = |one: fn(&str) -> usize| berichten.iter().map(|text| one(text)).sum();
    match task {
        "bare" => all(bare_pass),
        "check" => all(|text| xml::Schemas::compiled_in().check(text.as_bytes()).map_or(0, |_| 1)),
        "read" => all(|text| black_box(xml::read(text.as_bytes())).map_or(0, |_| 1)),
        "judge" => all(judge),
        "encode" => all(|text| xml::encode(&xml::read(text.as_bytes()).expect("valid")).len()),
        _ => panic!("no task {task}"),
    }
}

/// As `read`, and all rules that need no other bericht.
fn judge(text: &str) -> usize {
    static LISTS: LazyLock<Codelijsten> = LazyLock::new(Codelijsten::built_in);
    let bericht = xml::read(text.as_bytes()).expect("valid");
    let outside = Outside { today: NaiveDate::MAX, gemeenten: &LISTS.gemeenten, contract: None };
    let verdict = judge_alone(&bericht, &outside);
    assert_eq!(verdict.findings, [], "the data break no rule");
    1
}

/// As `read`, with only a part of the file in memory.
fn stream(path: &str) -> usize {
    let file = fs::File::open(path).expect("readable");
    black_box(xml::Schemas::compiled_in().read_from(file)).map_or(0, |_| 1)
}

/// Every event of the parser below ours, and nothing done with it.
fn bare_pass(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return events,
            event => {
                black_box(&event);
                events += 1;
            }
        }
    }
}

/// The same, with only a part of the file in memory.
fn bare_stream(path: &str) -> usize {
    let mut reader = Reader::from_reader(BufReader::with_capacity(65_536, fs::File::open(path).expect("readable")));
    let (mut events, mut buffer) = (0, Vec::new());
    loop {
        match reader.read_event_into(&mut buffer).expect("well-formed") {
            Event::Eof => return events,
            event => {
                black_box(&event);
                events += 1;
            }
        }
        buffer.clear();
    }
}

/// Memory is that of the process: what the berichten take that are read from the file counts too.
fn memory(task: &str, path: &str) {
    let _ = xml::Schemas::compiled_in();
    let before = status("VmRSS:");
    if task == "stream" {
        assert_eq!(stream(path), 1, "valid");
    } else {
        black_box(run(task, &load(path)));
    }
    println!("{task}: {} kB over {before} kB", status("VmHWM:") - before);
}

fn status(key: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the key is there");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// How long this thread was on a CPU.
fn cpu_time() -> Duration {
    let all = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(all.split(' ').next().and_then(|time| time.parse().ok()).expect("a number"))
}

/// Answers each line on stdin with the CPU seconds of one pass. The clock of the kernel moves in steps of milliseconds, so
/// a small file is gone over more than once.
fn rounds(task: &str, path: &str) {
    const LEAST_BYTES: u64 = 50_000_000;
    let bytes = fs::metadata(path).expect("readable").len();
    let repeats = u32::try_from(LEAST_BYTES.div_ceil(bytes)).expect("few enough");
    let is_streamed = task.ends_with("stream");
    let berichten = if is_streamed { Vec::new() } else { load(path) };
    for _ in std::io::stdin().lines() {
        let before = cpu_time();
        for _ in 0..repeats {
            black_box(match task {
                "stream" => stream(path),
                "bare-stream" => bare_stream(path),
                task => run(task, &berichten),
            });
        }
        println!("{:.6}", (cpu_time().saturating_sub(before) / repeats).as_secs_f64());
    }
}

/// Prints, for each task, the median over rounds of its CPU time against the bare pass of the same round.
fn ratio(path: &str) {
    const LEAST_BYTES: usize = 100_000_000;
    let berichten = load(path);
    let bytes: usize = berichten.iter().map(String::len).sum();
    let repeats = LEAST_BYTES.div_ceil(bytes);
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    for _ in 0..ROUNDS {
        let time = |task: &&str| {
            let before = cpu_time();
            for _ in 0..repeats {
                black_box(run(task, &berichten));
            }
            cpu_time().saturating_sub(before).as_secs_f64()
        };
        rounds.push(TASKS.iter().map(time).collect());
    }
    let megabytes = f64::from(u32::try_from(bytes * repeats).expect("a few hundred MB")) / 1e6;
    for (index, task) in TASKS.iter().enumerate() {
        let median = |of: fn(f64, f64, f64) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(|round| of(megabytes, round[0], round[index])).collect();
            all.sort_by(f64::total_cmp);
            all[ROUNDS / 2]
        };
        let (ratio, speed) = (median(|_, bare, time| bare / time), median(|megabytes, _, time| megabytes / time));
        println!("{task}: {ratio:.2} of the bare pass, {speed:.0} MB/s");
    }
}
