# What is done often. `just` alone lists it.
default:
    @just --list

# All that CI does, except the conformance corpus.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# The tests with PostgreSQL, the browser and xmllint required, not skipped.
test-all:
    ./test

# Only the store, with PostgreSQL required.
test-pg:
    IWMO_REQUIRE_POSTGRES=1 cargo test --test it store

# Seeded runs of traffic with everything going wrong and gateways that are killed; more of them, or from another seed.
chaos RUNS="2000" SEED="":
    IWMO_CHAOS_RUNS={{RUNS}} {{ if SEED == "" { "" } else { "IWMO_CHAOS_SEED=" + SEED } }} cargo test --test it chaos::

# Three months of berichten, played, on a dashboard.
demo:
    cargo run --release -- demo

# Whether the fixtures notice a changed rule: a seeded sample of mutants (cargo install cargo-mutants).
mutants *ARGUMENTS:
    .ci/mutants {{ARGUMENTS}}

# Fuzzes one target (schema, bericht, json, envelope), ten minutes unless told otherwise; needs nightly and cargo-fuzz.
fuzz TARGET *ARGUMENTS:
    fuzz/run {{TARGET}} {{ARGUMENTS}}

# Our speed beside libxml2, xmllint and the JDK, on the same files in one run.
compare *ARGUMENTS:
    benches/compare {{ARGUMENTS}}
