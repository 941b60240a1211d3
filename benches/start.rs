//! How long the program takes from exec to its first answer.

#![expect(clippy::disallowed_methods, reason = "a measurement takes the time that it takes")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// Prints the least and the median of some rounds: what else the machine does only adds to it.
pub fn print(binary: &str, path: &str) {
    told("serve, to its first answer", || serve(binary));
    told("validate, to its end", || validate(binary, path));
}

fn told(what: &str, once: impl Fn() -> Duration) {
    let mut all: Vec<Duration> = (0..ROUNDS).map(|_| once()).collect();
    all.sort();
    println!("{what}: at least {:.1?}, median {:.1?}", all[0], all[ROUNDS / 2]);
}

fn serve(binary: &str) -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = free.local_addr().expect("bound");
    drop(free);
    let config = folder.path().join("config.toml");
    let database = folder.path().join("store.db");
    let text = format!("[http]\nlisten = \"{address}\"\n[database]\nurl = \"sqlite:{}\"\n", database.display());
    fs::write(&config, text).expect("written");
    let begin = Instant::now();
    let mut command = Command::new(binary);
    command.arg("serve").arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
    let mut serving = command.spawn().expect("a program");
    let answer = loop {
        if let Ok(mut stream) = TcpStream::connect(address) {
            stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").expect("asked");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answered");
            break answer;
        }
        assert!(serving.try_wait().expect("looked").is_none(), "serve ended");
    };
    let took = begin.elapsed();
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    serving.kill().expect("ended");
    serving.wait().expect("ended");
    took
}

fn validate(binary: &str, path: &str) -> Duration {
    let begin = Instant::now();
    let status = Command::new(binary).args(["validate", path]).stdout(Stdio::null()).status().expect("a program");
    assert!(status.success(), "valid");
    begin.elapsed()
}
