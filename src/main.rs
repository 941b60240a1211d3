//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;
use iwmo_gateway::cli;
use mimalloc::MiMalloc;

/// SQLite uses it too: a third of what a small bericht took was the allocator of the C library.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse()).into()
}
