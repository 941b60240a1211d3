//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;
use iwmo_gateway::cli;
use tikv_jemallocator::Jemalloc;

/// Gives back what a large bericht took, which the C library keeps; for SQLite as well. Its settings: `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse()).into()
}
