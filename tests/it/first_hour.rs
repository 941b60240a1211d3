//! docs/first-hour.md, typed in by a machine: every command of every part, and what it says that they print.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

const PAGE: &str = include_str!("../../docs/first-hour.md");

/// What the page calls the ports of the gateway and of the mock.
const PORTS: [&str; 2] = ["8080", "8090"];

/// Commands, and what the page says that they print.
struct Block {
    commands: String,
    printed: Vec<String>,
}

/// The parts of the page, by their heading.
fn parts() -> Vec<(&'static str, Vec<Block>)> {
    let parts = PAGE.split("\n## ").skip(1);
    parts.map(|part| (part.lines().next().expect("a heading"), blocks(part))).collect()
}

fn blocks(part: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for fenced in part.split("\n```").skip(1).step_by(2) {
        let (kind, text) = fenced.split_once('\n').expect("a block");
        match (kind, blocks.last_mut()) {
            ("sh", _) => blocks.push(Block { commands: format!("{text}\n"), printed: Vec::new() }),
            ("text", Some(block)) => block.printed = text.lines().map(str::to_owned).collect(),
            _ => panic!("{kind}: a block of sh or, behind one, of text"),
        }
    }
    blocks
}

/// A script that runs these commands as they stand there, and keeps what each block prints in a file of its own.
fn script(blocks: &[Block], ports: [u16; 2]) -> String {
    let mut script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n".to_owned();
    for (number, block) in blocks.iter().enumerate() {
        let commands = PORTS.iter().zip(&ports).fold(block.commands.clone(), |commands, (port, free)| {
            commands.replace(&format!(":{port}"), &format!(":{free}"))
        });
        write!(script, "{{\n{commands}\n}} > printed-{number} 2>&1\n").expect("a text");
    }
    script
}

/// Whether a text holds a line of the page, with anything for each ellipsis.
fn holds(text: &str, line: &str) -> bool {
    text.lines().any(|told| {
        let mut rest = told;
        line.split('…').all(|piece| {
            let found = rest.find(piece);
            rest = found.map_or("", |at| &rest[at + piece.len()..]);
            found.is_some()
        })
    })
}

/// A port that nobody listens on now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// The settings of the gateway and the mock that the page leaves at their default are said in the environment and a file.
fn run(folder: &Path, blocks: &[Block]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["fixtures", "config"] {
        symlink(root.join(name), folder.join(name)).expect("a link");
    }
    let ports = [free_port(), free_port()];
    let bin = folder.join("bin");
    fs::create_dir(&bin).expect("a folder");
    let for_network = free_port();
    // The page leaves the ports of both programs at their default; here they are free ones.
    let mock =
        format!("listen = \"127.0.0.1:{}\"\ngateway_url = \"http://127.0.0.1:{}/soap/ggk\"\n", ports[1], for_network);
    fs::write(folder.join("mock.toml"), mock).expect("settings");
    let program = env!("CARGO_BIN_EXE_iwmo-gateway");
    let listen =
        format!("IWMO_GATEWAY_HTTP_LISTEN=127.0.0.1:{} IWMO_GATEWAY_GGK_LISTEN=127.0.0.1:{for_network}", ports[0]);
    let wrapper = format!(
        "#!/bin/sh\nif [ \"$1\" = mock ]; then exec {program} mock --config mock.toml; fi\nif [ \"$1\" = serve ]; then export {listen}; fi\nexec {program} \"$@\"\n"
    );
    let typed = bin.join("iwmo-gateway");
    fs::write(&typed, wrapper).expect("a program");
    assert!(Command::new("chmod").arg("+x").arg(&typed).status().expect("chmod").success());
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    let status = Command::new("bash")
        .args(["-c", &script(blocks, ports)])
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::null())
        .status()
        .expect("bash");
    let printed = |number: usize| fs::read_to_string(folder.join(format!("printed-{number}"))).unwrap_or_default();
    for (number, block) in blocks.iter().enumerate() {
        let text = printed(number);
        for line in &block.printed {
            assert!(holds(&text, line), "missing: {line}\nin what these printed:\n{}\n{text}", block.commands);
        }
    }
    let last = (0..blocks.len()).rev().map(printed).find(|text| !text.is_empty()).unwrap_or_default();
    assert!(status.success(), "{status}; the last that was printed:\n{last}");
}

#[test]
fn the_page_has_a_part_for_each_kind_of_user() {
    let parts = parts();
    assert_eq!(parts.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["Backoffice", "Aanbieder", "Operator"]);
    assert!(parts.iter().all(|(_, blocks)| blocks.len() >= 4), "nothing was read");
}

#[test]
fn every_command_of_the_page_does_what_the_page_says() {
    if ["curl", "openssl"].iter().any(|tool| Command::new(tool).arg("--version").output().is_err()) {
        eprintln!("skipped: no curl or no openssl");
        return;
    }
    for (name, blocks) in parts() {
        let folder = tempfile::tempdir().expect("a folder");
        eprintln!("== {name}");
        run(folder.path(), &blocks);
    }
}
