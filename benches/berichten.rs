//! How fast berichten are read, checked and written, next to the bare pass of quick-xml over the same bytes.
//!
//! `cargo bench` prints times and throughput; `cargo bench -- --test` only tries each once. Compare within one
//! run: the bare pass is the measure.

mod data;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use iwmo_gateway::config::codelijsten::Codelijsten;
use iwmo_gateway::domain::judging::judge::judge_alone;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::xml;
use quick_xml::Reader;
use quick_xml::events::Event;

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

fn measure(group: &mut BenchmarkGroup<'_, WallTime>, berichten: &[String]) {
    let bytes: usize = berichten.iter().map(String::len).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("bare quick-xml pass", |bench| {
        bench.iter(|| berichten.iter().map(|text| bare_pass(text)).sum::<usize>());
    });
    let schemas = xml::Schemas::compiled_in();
    group.bench_function("schema check", |bench| {
        bench.iter(|| berichten.iter().filter(|text| schemas.check(text.as_bytes()).is_ok()).count());
    });
    group.bench_function("schema check and decode", |bench| {
        bench.iter(|| berichten.iter().filter_map(|text| black_box(xml::read(text.as_bytes())).ok()).count());
    });
    let read: Vec<_> = berichten.iter().map(|text| xml::read(text.as_bytes()).expect("valid")).collect();
    let lists = Codelijsten::built_in();
    let today = chrono::NaiveDate::MAX;
    let outside = Outside { today, gemeenten: &lists.gemeenten, contract: None };
    group.bench_function("all rules that need no other bericht", |bench| {
        bench.iter(|| read.iter().map(|bericht| judge_alone(bericht, &outside).findings.len()).sum::<usize>());
    });
    group.bench_function("encode", |bench| {
        bench.iter(|| read.iter().map(|bericht| xml::encode(bericht).len()).sum::<usize>());
    });
}

fn small(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("10000 small berichten");
    group.sample_size(10);
    measure(&mut group, &data::small(10_000));
    group.finish();
}

fn large(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one declaratie of 25 MB");
    group.sample_size(10);
    measure(&mut group, &[data::large(25_000_000)]);
    group.finish();
}

criterion_group!(benches, small, large);
criterion_main!(benches);
