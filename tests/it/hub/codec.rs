//! Berichten as lines of text: enough for the played parties to read and write one, and easy to assert on.
//!
//! `Naam {` opens, `}` closes, `Naam=waarde` is a text.

use std::sync::Arc;

use iwmo_gateway::domain::berichten::klasse::{Kind, Source, Target};
use iwmo_gateway::domain::{Bericht, Berichtsoort};
use iwmo_gateway::hub::mock::Codec;
use iwmo_gateway::standard;

pub fn lines() -> Codec {
    Codec { read: Arc::new(read), encode }
}

/// A toewijzing from gemeente 9998 to aanbieder 99990001.
pub fn wmo301(ingangsdatum: &str) -> String {
    let template = "Bericht {\nHeader {\nBerichtCode=414\nBerichtVersie=3\nBerichtSubversie=2\nAfzender=9998\n\
        Ontvanger=99990001\nBerichtIdentificatie {\nIdentificatie=T1\nDagtekening=2026-01-12\n}\nXsdVersie {\n\
        BasisschemaXsdVersie=1.0.0\nBerichtXsdVersie=1.0.0\n}\n}\nClient {\nBsn=999990019\nGeboortedatum {\n\
        Datum=1950-01-01\n}\nGeslacht=2\nNaam {\nGeslachtsnaam {\nAchternaam=Voorbeeld\n}\nNaamGebruik=1\n}\n\
        ToegewezenProducten {\nToegewezenProduct {\nToewijzingNummer=1001\nToewijzingsdatum=2026-01-10\n\
        Toewijzingstijd=10:00:00\nIngangsdatum=INGANG\n}\n}\n}\n}\n";
    template.replace("INGANG", ingangsdatum)
}

/// The start of what [`wmo301`] assigns, from aanbieder 99990001 to gemeente 9998.
pub fn wmo305() -> String {
    let head = wmo301("2026-01-12").replace("=414\n", "=418\n");
    let head = head.replace("Afzender=9998\nOntvanger=99990001", "Afzender=99990001\nOntvanger=9998");
    let (head, _) = head.split_once("NaamGebruik").expect("a name");
    format!(
        "{head}}}\nStartProducten {{\nStartProduct {{\nToewijzingNummer=1001\nBegindatum=2026-01-12\n\
         StatusAanlevering=1\n}}\n}}\n}}\n}}\n"
    )
}

fn read(bytes: &[u8]) -> Option<Bericht> {
    let text = std::str::from_utf8(bytes).ok()?;
    let code = text.lines().find_map(|line| line.strip_prefix("BerichtCode="))?;
    let soort = Berichtsoort::ALL.into_iter().find(|soort| soort.code() == code)?;
    Bericht::read(&[soort], standard::named("3.2"), &mut Cursor(text.lines().collect())).ok()
}

fn encode(bericht: &Bericht) -> Vec<u8> {
    let mut lines = Lines(String::new());
    bericht.write(&mut lines);
    lines.0.into_bytes()
}

struct Cursor<'a>(std::collections::VecDeque<&'a str>);

impl Cursor<'_> {
    fn next_if(&mut self, line: &str) -> Result<(), ()> {
        (self.0.pop_front() == Some(line)).then_some(()).ok_or(())
    }
}

impl Source for Cursor<'_> {
    type Error = ();

    fn has(&mut self, name: &'static str) -> bool {
        let next = self.0.front().copied().unwrap_or_default();
        next.strip_prefix(name).is_some_and(|rest| rest == " {" || rest.starts_with('='))
    }

    fn text(&mut self, name: &'static str) -> Result<&str, ()> {
        let line = self.0.pop_front().ok_or(())?;
        line.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).ok_or(())
    }

    fn enter(&mut self, name: &'static str) -> Result<(), ()> {
        self.next_if(&format!("{name} {{"))
    }

    fn leave(&mut self) -> Result<(), ()> {
        self.next_if("}")
    }

    fn unfit(&self, _: &'static str, _: &'static str) {}
}

struct Lines(String);

impl Target for Lines {
    fn open(&mut self, name: &'static str, _: Kind) {
        self.0.push_str(name);
        self.0.push_str(" {\n");
    }

    fn text(&mut self, name: &'static str, value: &str, _: bool) {
        self.0.push_str(name);
        self.0.push('=');
        self.0.push_str(value);
        self.0.push('\n');
    }

    fn close(&mut self, _: &'static str) {
        self.0.push_str("}\n");
    }
}
