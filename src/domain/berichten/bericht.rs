//! A bericht: which kind, from whom to whom, and what is in it.

use std::fmt;

use super::factuur::{FactuurAntwoordHeader, FactuurHeader};
use super::further::{Keeping, Kept, Returning};
pub use super::header::{BerichtIdentificatie, Header, RetourHeader, XsdVersie};
pub use super::inhoud::Inhoud;
use super::klasse::{Element, Kind, Source, Target, read_list};
use super::partij::Partij;
pub use super::release::Release;
pub use super::soort::Berichtsoort;
use super::verzoek::Verzoek;

/// A heenbericht: it opens an exchange. Most ask for a retour.
#[derive(Clone, PartialEq, Eq)]
pub struct Heenbericht {
    /// Who, to whom, which.
    pub header: Header,
    /// What it says.
    pub inhoud: Inhoud,
}

impl Heenbericht {
    /// Takes the rest of a 303 or 304, whose header goes its own way; `None`, with nothing taken, for other kinds.
    fn read_factuur<S: Source>(
        soort: Berichtsoort,
        release: Release,
        source: &mut S,
    ) -> Result<Option<Self>, S::Error> {
        let (header, inhoud) = match soort {
            Berichtsoort::Wmo303D | Berichtsoort::Wmo303F => {
                let header = FactuurHeader::read_elements(source)?;
                source.leave()?;
                let clienten = read_list("Clienten", "Client", source)?;
                (header.header(soort, release), Inhoud::Factuur { header, clienten })
            }
            Berichtsoort::Wmo304D | Berichtsoort::Wmo304F => {
                let header = FactuurAntwoordHeader::read_elements(source)?;
                source.leave()?;
                let clienten = read_list("Clienten", "Client", source)?;
                (header.header(soort, release), Inhoud::FactuurAntwoord { header, clienten })
            }
            Berichtsoort::Wmo301
            | Berichtsoort::Wmo302
            | Berichtsoort::Wmo305
            | Berichtsoort::Wmo306
            | Berichtsoort::Wmo307
            | Berichtsoort::Wmo308
            | Berichtsoort::Wmo315
            | Berichtsoort::Wmo316
            | Berichtsoort::Wmo317
            | Berichtsoort::Wmo318
            | Berichtsoort::Wmo319
            | Berichtsoort::Wmo320
            | Berichtsoort::Wmo323
            | Berichtsoort::Wmo325 => return Ok(None),
        };
        Ok(Some(Self { header, inhoud }))
    }
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

    /// What a 317 asks; `None` for any other.
    #[must_use]
    pub fn into_wijziging(self) -> Option<Verzoek> {
        match self {
            Self::Heen(Heenbericht { inhoud: Inhoud::VerzoekOmWijziging(client), .. }) => Some(client.verzoek),
            Self::Heen(_) | Self::Retour(_) => None,
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

    /// Takes a bericht of this release from a source that stands before the root element. Of several kinds, which
    /// then share a schema, it is the one whose code stands in the header, or else the first.
    ///
    /// # Errors
    /// As the source reports them; what was taken before is lost.
    pub fn read<S: Source>(soorten: &[Berichtsoort], release: Release, source: &mut S) -> Result<Self, S::Error> {
        source.enter("Bericht")?;
        source.enter("Header")?;
        let code = source.text("BerichtCode")?;
        let soort = soorten.iter().find(|soort| soort.code() == code).or(soorten.first()).copied();
        let soort = soort.ok_or_else(|| source.unfit("BerichtCode", "de code van deze berichtsoort"))?;
        let further = &release.edition().further;
        if further.is_empty() {
            return Self::read_after_code(soort, release, source);
        }
        let mut keeping = Keeping::in_header(source, soort, further);
        let mut bericht = Self::read_after_code(soort, release, &mut keeping)?;
        let kept = keeping.into_kept();
        match &mut bericht {
            Self::Heen(heen) => heen.header.further = kept,
            Self::Retour(retour) => retour.header.further = kept,
        }
        Ok(bericht)
    }

    /// Takes the rest of a bericht of this kind.
    fn read_after_code<S: Source>(soort: Berichtsoort, release: Release, source: &mut S) -> Result<Self, S::Error> {
        for fixed in ["BerichtVersie", "BerichtSubversie"] {
            source.number(fixed)?;
        }
        let bericht = if let Some(heen) = Heenbericht::read_factuur(soort, release, source)? {
            Self::Heen(heen)
        } else {
            let header = Header {
                soort,
                release,
                afzender: Element::read("Afzender", source)?,
                ontvanger: Element::read("Ontvanger", source)?,
                bericht_identificatie: Element::read("BerichtIdentificatie", source)?,
                xsd_versie: Element::read("XsdVersie", source)?,
                further: Kept::default(),
            };
            if soort.is_retour() {
                let retour = RetourHeader::read_elements(source)?;
                Self::Retour(Retourbericht { inhoud: Inhoud::read(&header, source)?, header, retour })
            } else {
                let inhoud = Inhoud::read(&header, source)?
                    .ok_or_else(|| source.unfit("Bericht", "de inhoud van deze berichtsoort"))?;
                Self::Heen(Heenbericht { header, inhoud })
            }
        };
        source.leave()?;
        Ok(bericht)
    }

    /// Hands the whole bericht to a target, from the root element on.
    pub fn write<T: Target>(&self, target: &mut T) {
        let Header { soort, release, further, .. } = self.header();
        if *further == Kept::default() {
            self.write_own(target);
        } else {
            self.write_own(&mut Returning::new(target, *soort, &release.edition().further, further));
        }
    }

    /// Hands over all that our types hold.
    fn write_own<T: Target>(&self, target: &mut T) {
        let plain = Kind { basis: false, repeats: false };
        let header = self.header();
        let (versie, subversie) = header.release.versie();
        target.open("Bericht", plain);
        target.open("Header", plain);
        target.text("BerichtCode", header.soort.code(), false);
        versie.write("BerichtVersie", false, target);
        subversie.write("BerichtSubversie", false, target);
        let inhoud = match self {
            Self::Heen(Heenbericht { inhoud, .. }) => {
                inhoud.write_header(header, target);
                Some(inhoud)
            }
            Self::Retour(Retourbericht { retour, inhoud, .. }) => {
                header.write_common(target);
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
