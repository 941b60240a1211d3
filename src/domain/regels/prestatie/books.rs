//! What was declared and granted so far: the lines of earlier declaraties, and those judged before the one at hand.

use std::collections::{HashMap, HashSet};

use crate::domain::berichten::declaratie::{Delivered, Prestatie};
use crate::domain::berichten::waarde::{Bsn, Eenheid, ToewijzingNummer};
use crate::domain::facts::history::PrestatieFact;
use crate::domain::facts::volume::{in_smallest, smallest};

/// The lines that count. Looking something up takes the same time however many there are.
#[derive(Default)]
pub struct Books<'a> {
    references: HashSet<&'a str>,
    debets: HashMap<&'a str, Debet<'a>>,
    credited: HashSet<&'a str>,
    delivered: HashMap<Delivered<'a>, i64>,
    sums: HashMap<ToewijzingNummer, Sums>,
}

/// A debet line that was judged.
#[derive(Clone, Copy)]
pub struct Debet<'a> {
    /// Of its client.
    pub bsn: &'a Bsn,
    /// As it was declared.
    pub prestatie: &'a Prestatie,
    /// What was granted of it, in euro cents, credited since or not; `None`: it was rejected.
    pub toegekend: Option<u32>,
}

/// What is granted on one toewijzing, without what was credited since.
#[derive(Default)]
struct Sums {
    volumes: HashMap<Eenheid, i128>,
    bedrag: i128,
}

impl<'a> Books<'a> {
    /// The books as earlier lines left them, in the order in which they were judged.
    #[must_use]
    pub fn of(earlier: &'a [PrestatieFact]) -> Self {
        let mut books = Self::default();
        for line in earlier {
            books.enter(&line.bsn, &line.prestatie, line.toegekend);
        }
        books
    }

    /// Enters a line that was judged. One that was rejected uses up its reference, and does nothing else. What takes back
    /// a rejected line, as that of a factuur may be, leaves what is granted as it was. Where less money was granted than was
    /// asked, the volume was delivered all the same.
    pub fn enter(&mut self, bsn: &'a Bsn, prestatie: &'a Prestatie, toegekend: Option<u32>) {
        let referentie = &prestatie.product_referentie;
        let name = referentie.referentie_nummer.as_str();
        self.references.insert(name);
        if prestatie.is_debet() {
            self.debets.entry(name).or_insert(Debet { bsn, prestatie, toegekend });
        }
        let Some(toegekend) = toegekend else { return };
        if let Some(vorig) = referentie.vorig() {
            self.credited.insert(vorig);
        }
        let Some(bedrag) = self.moves(prestatie, toegekend) else { return };
        let sign = prestatie.ingediend_bedrag.debet_credit.sign();
        *self.delivered.entry(Delivered(prestatie)).or_default() += if prestatie.is_debet() { 1 } else { -1 };
        let Some(nummer) = prestatie.toewijzing_nummer else { return };
        let sums = self.sums.entry(nummer).or_default();
        let volume = in_smallest(prestatie.geleverd_volume.into(), prestatie.eenheid);
        *sums.volumes.entry(smallest(prestatie.eenheid)).or_default() += sign * volume;
        sums.bedrag += bedrag;
    }

    /// What a line adds to the money that is granted, in euro cents, when so much of it is granted. A credit takes back what
    /// was granted of its debet, and no more than is granted of itself; `None`: the debet was rejected, a claim of which nothing
    /// was granted.
    #[must_use]
    pub fn moves(&self, prestatie: &Prestatie, toegekend: u32) -> Option<i128> {
        let vorig = prestatie.product_referentie.vorig();
        match vorig.and_then(|vorig| self.debets.get(vorig)) {
            Some(debet) => debet.toegekend.map(|granted| -i128::from(granted.min(toegekend))),
            None => Some(prestatie.ingediend_bedrag.debet_credit.sign() * i128::from(toegekend)),
        }
    }

    /// Whether a line of this name was declared, granted or not.
    #[must_use]
    pub fn has_reference(&self, referentie_nummer: &str) -> bool {
        self.references.contains(referentie_nummer)
    }

    /// The debet line of this name.
    #[must_use]
    pub fn debet(&self, referentie_nummer: &str) -> Option<Debet<'a>> {
        self.debets.get(referentie_nummer).copied()
    }

    /// Whether the line of this name was credited.
    #[must_use]
    pub fn is_credited(&self, referentie_nummer: &str) -> bool {
        self.credited.contains(referentie_nummer)
    }

    /// Whether the same product was granted for the same toewijzing and period, and not credited since.
    #[must_use]
    pub fn has_delivered(&self, prestatie: &Prestatie) -> bool {
        self.delivered.get(&Delivered(prestatie)).is_some_and(|count| *count > 0)
    }

    /// The volume granted on a toewijzing, in the smallest unit of this one's kind.
    #[must_use]
    pub fn volume(&self, nummer: ToewijzingNummer, eenheid: Eenheid) -> i128 {
        let volumes = self.sums.get(&nummer).map(|sums| &sums.volumes);
        volumes.and_then(|volumes| volumes.get(&smallest(eenheid))).copied().unwrap_or(0)
    }

    /// The money granted on a toewijzing, in euro cents.
    #[must_use]
    pub fn bedrag(&self, nummer: ToewijzingNummer) -> i128 {
        self.sums.get(&nummer).map_or(0, |sums| sums.bedrag)
    }
}

/// The lines that make up what is granted, each with the money that it adds, in euro cents.
pub fn granted(lines: &[PrestatieFact]) -> impl Iterator<Item = (&PrestatieFact, i128)> {
    let books = Books::of(lines);
    lines.iter().filter_map(move |line| Some((line, books.moves(&line.prestatie, line.toegekend?)?)))
}
