//! A bericht: which kind, from whom to whom, and what is in it.

use std::fmt;

use chrono::NaiveDate;

use super::klasse::{Element, ElementPath, RetourCodes, Source, Target, klasse};
use super::waarde::{Identificatie, Versie};
use super::{Partij, levering, toewijzing};

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

/// A kind of bericht.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Berichtsoort {
    /// Toewijzing: gemeente to aanbieder.
    Wmo301,
    /// Retour of the toewijzing: aanbieder to gemeente.
    Wmo302,
    /// Start of support: aanbieder to gemeente.
    Wmo305,
    /// Retour of the start: gemeente to aanbieder.
    Wmo306,
}

impl Berichtsoort {
    /// Every kind that this gateway knows.
    pub const ALL: [Self; 4] = [Self::Wmo301, Self::Wmo302, Self::Wmo305, Self::Wmo306];

    /// As people and the envelope write it: `WMO305`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wmo301 => "WMO301",
            Self::Wmo302 => "WMO302",
            Self::Wmo305 => "WMO305",
            Self::Wmo306 => "WMO306",
        }
    }

    /// `BerichtCode` in the header (COD002).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wmo301 => "414",
            Self::Wmo302 => "415",
            Self::Wmo305 => "418",
            Self::Wmo306 => "419",
        }
    }

    /// The kind with this name, as in `WMO305`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|soort| soort.name() == name)
    }

    /// The retour that answers this kind; `None` for a retour.
    #[must_use]
    pub const fn retour(self) -> Option<Self> {
        match self {
            Self::Wmo301 => Some(Self::Wmo302),
            Self::Wmo305 => Some(Self::Wmo306),
            Self::Wmo302 | Self::Wmo306 => None,
        }
    }

    /// The heenbericht that this kind answers; `None` for a heenbericht.
    #[must_use]
    pub const fn heen(self) -> Option<Self> {
        match self {
            Self::Wmo302 => Some(Self::Wmo301),
            Self::Wmo306 => Some(Self::Wmo305),
            Self::Wmo301 | Self::Wmo305 => None,
        }
    }
}

impl fmt::Display for Berichtsoort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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

/// What a retour adds to the header.
#[derive(Clone, PartialEq, Eq)]
pub struct RetourHeader {
    /// Of the retour itself; unique per sender.
    pub identificatie_retour: Identificatie,
    /// The day on which the retour was made.
    pub dagtekening_retour: NaiveDate,
    /// Of the XSLT that judged, when one did.
    pub xslt_versie: Option<Versie>,
    /// Schemas of the retour.
    pub xsd_versie_retour: XsdVersie,
    /// None when the heenbericht was accepted.
    pub retour_codes: RetourCodes,
}

/// A heenbericht: it asks for an answer.
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

/// What stands below the header; heenbericht and retour share the type.
#[expect(clippy::large_enum_variant, reason = "one of these exists per bericht in hand; a box would only add a step")]
#[derive(Clone, PartialEq, Eq)]
pub enum Inhoud {
    /// 301, 302.
    Toewijzing(toewijzing::Client),
    /// 305, 306.
    Start(levering::Client),
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
        let bericht = match soort.heen() {
            None => {
                source.leave()?;
                Self::Heen(Heenbericht { header, inhoud: Inhoud::read(soort, source)? })
            }
            Some(heen) => {
                let retour = RetourHeader {
                    identificatie_retour: Element::read("IdentificatieRetour", source)?,
                    dagtekening_retour: Element::read("DagtekeningRetour", source)?,
                    xslt_versie: Element::read("XsltVersie", source)?,
                    xsd_versie_retour: Element::read("XsdVersieRetour", source)?,
                    retour_codes: Element::read("RetourCodes", source)?,
                };
                source.leave()?;
                let inhoud = if source.has(Inhoud::name(heen)) { Some(Inhoud::read(heen, source)?) } else { None };
                Self::Retour(Retourbericht { header, retour, inhoud })
            }
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
            Self::Heen(heen) => Some(&heen.inhoud),
            Self::Retour(Retourbericht { retour, inhoud, .. }) => {
                retour.identificatie_retour.write("IdentificatieRetour", false, target);
                retour.dagtekening_retour.write("DagtekeningRetour", false, target);
                retour.xslt_versie.write("XsltVersie", false, target);
                retour.xsd_versie_retour.write("XsdVersieRetour", false, target);
                retour.retour_codes.write("RetourCodes", false, target);
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

impl Inhoud {
    /// The element below the header, for a heenbericht of this kind and its retour.
    const fn name(heen: Berichtsoort) -> &'static str {
        match heen {
            Berichtsoort::Wmo301 | Berichtsoort::Wmo302 | Berichtsoort::Wmo305 | Berichtsoort::Wmo306 => "Client",
        }
    }

    fn read<S: Source>(heen: Berichtsoort, source: &mut S) -> Result<Self, S::Error> {
        let name = Self::name(heen);
        match heen {
            Berichtsoort::Wmo301 | Berichtsoort::Wmo302 => Element::read(name, source).map(Self::Toewijzing),
            Berichtsoort::Wmo305 | Berichtsoort::Wmo306 => Element::read(name, source).map(Self::Start),
        }
    }

    fn write<T: Target>(&self, target: &mut T) {
        match self {
            Self::Toewijzing(client) => client.write("Client", false, target),
            Self::Start(client) => client.write("Client", false, target),
        }
    }

    /// Calls `visit` for every berichtklasse below the header that can carry retourcodes.
    pub fn each_retour_codes(&mut self, visit: &mut dyn FnMut(&ElementPath, &mut RetourCodes)) {
        let client_path = ElementPath::root().child("Client");
        match self {
            Self::Toewijzing(client) => client.each_retour_codes(&client_path, visit),
            Self::Start(client) => client.each_retour_codes(&client_path, visit),
        }
    }

    /// The Bsn that the bericht is about.
    #[must_use]
    pub fn bsn(&self) -> &super::waarde::Bsn {
        match self {
            Self::Toewijzing(client) => &client.bsn,
            Self::Start(client) => &client.bsn,
        }
    }

    /// The client's date of birth.
    #[must_use]
    pub fn geboortedatum(&self) -> &super::client::Geboortedatum {
        match self {
            Self::Toewijzing(client) => &client.geboortedatum,
            Self::Start(client) => &client.geboortedatum,
        }
    }
}
