//! A bericht: which kind, from whom to whom, and what is in it.

mod inhoud;
mod soort;

use std::fmt;

use chrono::NaiveDate;

use super::Partij;
use super::klasse::{Element, RetourCodes, Source, Target, klasse};
use super::waarde::{Identificatie, Versie};
pub use inhoud::Inhoud;
pub use soort::Berichtsoort;

/// A release of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// iWmo 3.2, in force since 2023-04-03.
    V3_2,
}

impl Release {
    /// Every release that this gateway knows.
    pub const ALL: [Self; 1] = [Self::V3_2];

    /// The one that is meant when nothing is said.
    pub const NEWEST: Self = Self::V3_2;

    /// As people write it: `3.2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V3_2 => "3.2",
        }
    }

    /// `BerichtVersie` and `BerichtSubversie` in the header.
    #[must_use]
    pub const fn versie(self) -> (i64, i64) {
        match self {
            Self::V3_2 => (3, 2),
        }
    }
}

klasse! {
    /// `CDT_BerichtIdentificatie`.
    basis struct BerichtIdentificatie {
        /// Used once per sender and kind of bericht (TR056).
        identificatie: Identificatie = "Identificatie",
        /// The day on which the bericht was made.
        dagtekening: NaiveDate = "Dagtekening",
    }
}

klasse! {
    /// `CDT_XsdVersie`: the schemas that the sender used.
    basis struct XsdVersie {
        /// Version of the basisschema.
        basisschema_xsd_versie: Versie = "BasisschemaXsdVersie",
        /// Version of the schema of the bericht.
        bericht_xsd_versie: Versie = "BerichtXsdVersie",
    }
}

/// The header that a heenbericht and its retour share. In a retour the parties and the
/// identification are those of the heenbericht (IV028).
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// `BerichtCode`.
    pub soort: Berichtsoort,
    /// `BerichtVersie` and `BerichtSubversie`.
    pub release: Release,
    /// Who sends the heenbericht.
    pub afzender: Partij,
    /// Who receives the heenbericht.
    pub ontvanger: Partij,
    /// Identificatie and Dagtekening of the heenbericht.
    pub bericht_identificatie: BerichtIdentificatie,
    /// Schemas of the heenbericht.
    pub xsd_versie: XsdVersie,
}

impl Header {
    /// The gemeente and the aanbieder, whichever way the bericht goes.
    #[must_use]
    pub fn pair(&self) -> (&Partij, &Partij) {
        if self.afzender.is_gemeente() { (&self.afzender, &self.ontvanger) } else { (&self.ontvanger, &self.afzender) }
    }
}

klasse! {
    /// What a retour adds to the header.
    struct RetourHeader {
        /// Of the retour itself; unique per sender.
        identificatie_retour: Identificatie = "IdentificatieRetour",
        /// The day on which the retour was made.
        dagtekening_retour: NaiveDate = "DagtekeningRetour",
        /// Of the XSLT that judged, when one did.
        xslt_versie: Option<Versie> = "XsltVersie",
        /// Schemas of the retour.
        xsd_versie_retour: XsdVersie = "XsdVersieRetour",
        /// None when the heenbericht was accepted.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

/// A heenbericht: it opens an exchange. Most ask for a retour.
#[derive(Clone, PartialEq, Eq)]
pub struct Heenbericht {
    /// Who, to whom, which.
    pub header: Header,
    /// What it says.
    pub inhoud: Inhoud,
}

/// A retourbericht: the heenbericht's tree with retourcodes, or the header alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Retourbericht {
    /// The heenbericht's header, under the retour's own kind.
    pub header: Header,
    /// What the retour adds.
    pub retour: RetourHeader,
    /// Only when a class below the header was found wrong.
    pub inhoud: Option<Inhoud>,
}

/// A bericht of the standard.
#[derive(Clone, PartialEq, Eq)]
pub enum Bericht {
    /// 301, 305, …
    Heen(Heenbericht),
    /// 302, 306, …
    Retour(Retourbericht),
}

impl Bericht {
    /// The header, of either kind.
    #[must_use]
    pub fn header(&self) -> &Header {
        match self {
            Self::Heen(heen) => &heen.header,
            Self::Retour(retour) => &retour.header,
        }
    }

    /// Who hands this bericht to the network: of a retour, the receiver of its heenbericht.
    #[must_use]
    pub fn poster(&self) -> &Partij {
        match self {
            Self::Heen(heen) => &heen.header.afzender,
            Self::Retour(retour) => &retour.header.ontvanger,
        }
    }

    /// For whom this bericht is: of a retour, the sender of its heenbericht.
    #[must_use]
    pub fn addressee(&self) -> &Partij {
        match self {
            Self::Heen(heen) => &heen.header.ontvanger,
            Self::Retour(retour) => &retour.header.afzender,
        }
    }

    /// Takes a bericht of this kind and release from a source that stands before the root element.
    ///
    /// # Errors
    /// As the source reports them; what was taken before is lost.
    pub fn read<S: Source>(soort: Berichtsoort, release: Release, source: &mut S) -> Result<Self, S::Error> {
        source.enter("Bericht")?;
        source.enter("Header")?;
        for fixed in ["BerichtCode", "BerichtVersie", "BerichtSubversie"] {
            source.text(fixed)?;
        }
        let header = Header {
            soort,
            release,
            afzender: Element::read("Afzender", source)?,
            ontvanger: Element::read("Ontvanger", source)?,
            bericht_identificatie: Element::read("BerichtIdentificatie", source)?,
            xsd_versie: Element::read("XsdVersie", source)?,
        };
        let bericht = if soort.is_retour() {
            let retour = RetourHeader::read_elements(source)?;
            Self::Retour(Retourbericht { header, retour, inhoud: Inhoud::read(soort, source)? })
        } else {
            let inhoud = Inhoud::read(soort, source)?.ok_or_else(|| source.unfit("Bericht"))?;
            Self::Heen(Heenbericht { header, inhoud })
        };
        source.leave()?;
        Ok(bericht)
    }

    /// Hands the whole bericht to a target, from the root element on.
    pub fn write<T: Target>(&self, target: &mut T) {
        let plain = super::klasse::Kind { basis: false, repeats: false };
        let header = self.header();
        let (versie, subversie) = header.release.versie();
        target.open("Bericht", plain);
        target.open("Header", plain);
        target.text("BerichtCode", header.soort.code(), false);
        versie.write("BerichtVersie", false, target);
        subversie.write("BerichtSubversie", false, target);
        header.afzender.write("Afzender", false, target);
        header.ontvanger.write("Ontvanger", false, target);
        header.bericht_identificatie.write("BerichtIdentificatie", false, target);
        header.xsd_versie.write("XsdVersie", false, target);
        let inhoud = match self {
            Self::Heen(Heenbericht { inhoud, .. }) => {
                inhoud.write_header(target);
                Some(inhoud)
            }
            Self::Retour(Retourbericht { retour, inhoud, .. }) => {
                retour.write_elements(target);
                inhoud.as_ref()
            }
        };
        target.close("Header");
        if let Some(inhoud) = inhoud {
            inhoud.write(target);
        }
        target.close("Bericht");
    }
}

/// Names the bericht without showing what is in it.
impl fmt::Debug for Bericht {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header();
        write!(
            f,
            "{} {} van {} aan {}",
            header.soort, header.bericht_identificatie.identificatie, header.afzender, header.ontvanger
        )
    }
}
