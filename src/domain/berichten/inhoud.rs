//! What a bericht says besides the header that all have: one variant per pair of heenbericht and retour.

use std::borrow::Cow;

use super::antwoord::Antwoord;
use super::beschikking;
use super::client::Geboortedatum;
use super::declaratie::{AntwoordHeader, Client, Declaratie, DeclaratieAntwoord, Prestatie};
use super::factuur::{self, FactuurAntwoordHeader, FactuurHeader};
use super::header::Header;
use super::klasse::{Element, ElementPath, RetourCodes, Source, Target, write_list};
use super::levering;
use super::release::Property;
use super::soort::Berichtsoort;
use super::toewijzing;
use super::verzoek;
use super::waarde::Bsn;

/// What stands below the header; heenbericht and retour share the type.
#[derive(Clone, PartialEq, Eq)]
pub enum Inhoud {
    /// 301, 302 of release 2.3.
    Beschikking(beschikking::Client),
    /// 301, 302.
    Toewijzing(toewijzing::Client),
    /// 305, 306.
    Start(levering::StartClient),
    /// 307, 308.
    Stop(levering::StopClient),
    /// 315, 316.
    VerzoekOmToewijzing(verzoek::ToewijzingClient),
    /// 317, 318.
    VerzoekOmWijziging(verzoek::WijzigingClient),
    /// 319, 320.
    Antwoord(Antwoord),
    /// A WMO323: what an aanbieder declares.
    Declaratie(Declaratie),
    /// A WMO325: what a gemeente answers to it.
    DeclaratieAntwoord {
        /// What this kind alone has in its header.
        header: AntwoordHeader,
        /// Absent when the declaratie was rejected as a whole, on its header or on a rule inside it.
        antwoord: Option<DeclaratieAntwoord>,
    },
    /// 303 of release 2.3.
    Factuur {
        /// What stands in its header, in place of what other kinds have there.
        header: FactuurHeader,
        /// The clients whose support is billed.
        clienten: Vec<factuur::Client>,
    },
    /// 304 of release 2.3.
    FactuurAntwoord {
        /// What stands in its header, in place of what other kinds have there.
        header: FactuurAntwoordHeader,
        /// Those with a line that was not granted in full.
        clienten: Vec<factuur::Client>,
    },
}

impl Inhoud {
    /// Takes the end of the header and what is below it; `None` when nothing is, as in a retour that accepts.
    pub(super) fn read<S: Source>(header: &Header, source: &mut S) -> Result<Option<Self>, S::Error> {
        match header.soort {
            Berichtsoort::Wmo301 | Berichtsoort::Wmo302 => {
                if header.release.has(Property::Beschikkingen) {
                    below_header(source, "Client", Self::Beschikking)
                } else {
                    below_header(source, "Client", Self::Toewijzing)
                }
            }
            Berichtsoort::Wmo305 | Berichtsoort::Wmo306 => below_header(source, "Client", Self::Start),
            Berichtsoort::Wmo307 | Berichtsoort::Wmo308 => below_header(source, "Client", Self::Stop),
            Berichtsoort::Wmo315 | Berichtsoort::Wmo316 => below_header(source, "Client", Self::VerzoekOmToewijzing),
            Berichtsoort::Wmo317 | Berichtsoort::Wmo318 => below_header(source, "Client", Self::VerzoekOmWijziging),
            Berichtsoort::Wmo319 | Berichtsoort::Wmo320 => below_header(source, "Antwoord", Self::Antwoord),
            Berichtsoort::Wmo323 => below_header(source, "Declaratie", Self::Declaratie),
            Berichtsoort::Wmo325 => {
                let header = AntwoordHeader::read_elements(source)?;
                source.leave()?;
                let antwoord = Element::read("DeclaratieAntwoord", source)?;
                Ok(Some(Self::DeclaratieAntwoord { header, antwoord }))
            }
            // Taken with their header: see `Heenbericht::read_factuur`.
            Berichtsoort::Wmo303D | Berichtsoort::Wmo303F | Berichtsoort::Wmo304D | Berichtsoort::Wmo304F => Ok(None),
        }
    }

    /// Hands over the header of a heenbericht, after the version.
    pub(super) fn write_header<T: Target>(&self, common: &Header, target: &mut T) {
        match self {
            Self::Factuur { header, .. } => header.write_elements(target),
            Self::FactuurAntwoord { header, .. } => header.write_elements(target),
            Self::DeclaratieAntwoord { header, .. } => {
                common.write_common(target);
                header.write_elements(target);
            }
            Self::Beschikking(_)
            | Self::Toewijzing(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::VerzoekOmToewijzing(_)
            | Self::VerzoekOmWijziging(_)
            | Self::Antwoord(_)
            | Self::Declaratie(_) => common.write_common(target),
        }
    }

    /// The element below the header.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Beschikking(_)
            | Self::Toewijzing(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::VerzoekOmToewijzing(_)
            | Self::VerzoekOmWijziging(_) => "Client",
            Self::Antwoord(_) => "Antwoord",
            Self::Declaratie(_) => "Declaratie",
            Self::DeclaratieAntwoord { .. } => "DeclaratieAntwoord",
            Self::Factuur { .. } | Self::FactuurAntwoord { .. } => "Clienten",
        }
    }

    /// Hands over what is below the header.
    pub(super) fn write<T: Target>(&self, target: &mut T) {
        let name = self.name();
        match self {
            Self::Beschikking(client) => client.write(name, false, target),
            Self::Toewijzing(client) => client.write(name, false, target),
            Self::Start(client) => client.write(name, false, target),
            Self::Stop(client) => client.write(name, false, target),
            Self::VerzoekOmToewijzing(client) => client.write(name, false, target),
            Self::VerzoekOmWijziging(client) => client.write(name, false, target),
            Self::Antwoord(antwoord) => antwoord.write(name, false, target),
            Self::Declaratie(declaratie) => declaratie.write(name, false, target),
            Self::DeclaratieAntwoord { antwoord, .. } => antwoord.write(name, false, target),
            Self::Factuur { clienten, .. } | Self::FactuurAntwoord { clienten, .. } => {
                write_list(clienten, name, "Client", false, target);
            }
        }
    }

    /// Calls `visit` for every berichtklasse below the header that can carry retourcodes.
    pub fn each_retour_codes(&mut self, visit: &mut dyn FnMut(&ElementPath, &mut RetourCodes)) {
        let path = ElementPath::root().child(self.name());
        match self {
            Self::Beschikking(client) => client.each_retour_codes(&path, visit),
            Self::Toewijzing(client) => client.each_retour_codes(&path, visit),
            Self::Start(client) => client.each_retour_codes(&path, visit),
            Self::Stop(client) => client.each_retour_codes(&path, visit),
            Self::VerzoekOmToewijzing(client) => client.each_retour_codes(&path, visit),
            Self::VerzoekOmWijziging(client) => client.each_retour_codes(&path, visit),
            Self::Antwoord(antwoord) => antwoord.each_retour_codes(&path, visit),
            Self::Declaratie(declaratie) => declaratie.each_retour_codes(&path, visit),
            Self::DeclaratieAntwoord { antwoord, .. } => antwoord.each_retour_codes(&path, visit),
            Self::Factuur { clienten, .. } | Self::FactuurAntwoord { clienten, .. } => {
                for (index, client) in clienten.iter_mut().enumerate() {
                    client.each_retour_codes(&path.nth("Client", index), visit);
                }
            }
        }
    }

    /// The clients of a declaratie or of the antwoord on it, since release 3.0; none in any other kind.
    #[must_use]
    pub fn clienten(&self) -> &[Client] {
        match self {
            Self::Declaratie(declaratie) => &declaratie.clienten,
            Self::DeclaratieAntwoord { antwoord, .. } => antwoord.as_ref().map_or(&[], |antwoord| &antwoord.clienten),
            Self::Beschikking(_)
            | Self::Toewijzing(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::VerzoekOmToewijzing(_)
            | Self::VerzoekOmWijziging(_)
            | Self::Antwoord(_)
            | Self::Factuur { .. }
            | Self::FactuurAntwoord { .. } => &[],
        }
    }

    /// The clients of a factuur or of the antwoord on it, before release 3.0; none in any other kind.
    #[must_use]
    pub fn factuur_clienten(&self) -> &[factuur::Client] {
        match self {
            Self::Factuur { clienten, .. } | Self::FactuurAntwoord { clienten, .. } => clienten,
            _ => &[],
        }
    }

    /// What an aanbieder asks in a 323, or in a 303 in the words of the 323.
    #[must_use]
    pub fn declaratie(&self) -> Option<Cow<'_, Declaratie>> {
        match self {
            Self::Declaratie(declaratie) => Some(Cow::Borrowed(declaratie)),
            Self::Factuur { header, clienten } => Some(Cow::Owned(header.declaratie(clienten))),
            Self::Beschikking(_)
            | Self::Toewijzing(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::VerzoekOmToewijzing(_)
            | Self::VerzoekOmWijziging(_)
            | Self::Antwoord(_)
            | Self::DeclaratieAntwoord { .. }
            | Self::FactuurAntwoord { .. } => None,
        }
    }

    /// Where the clients of a declaratie or factuur stand, or those of the antwoord on it.
    #[must_use]
    pub fn clienten_path(&self) -> ElementPath {
        let below_header = ElementPath::root().child(self.name());
        match self {
            Self::Factuur { .. } | Self::FactuurAntwoord { .. } => below_header,
            _ => below_header.child("Clienten"),
        }
    }

    /// The lines of its declaratie, in order, each with its client and where it stands.
    pub fn lines_of<'a>(
        &self,
        declaratie: &'a Declaratie,
    ) -> impl Iterator<Item = (&'a Bsn, &'a Prestatie, ElementPath)> + use<'a> {
        let clienten = self.clienten_path();
        declaratie.clienten.iter().enumerate().flat_map(move |(index, client)| {
            let lines = clienten.nth("Client", index).child("Prestaties");
            let numbered = client.prestaties.iter().enumerate();
            numbered.map(move |(nr, line)| (&client.bsn, line, lines.nth("Prestatie", nr)))
        })
    }

    /// The debet lines among them.
    pub fn debets_of<'a>(
        &self,
        declaratie: &'a Declaratie,
    ) -> impl Iterator<Item = (&'a Bsn, &'a Prestatie, ElementPath)> + use<'a> {
        self.lines_of(declaratie).filter(|(_, line, _)| line.is_debet())
    }

    /// The Bsn of the one client that the whole bericht is about; `None` for a kind that names no client, or
    /// may name several: see [`Inhoud::clienten`].
    #[must_use]
    pub fn bsn(&self) -> Option<&Bsn> {
        match self {
            Self::Beschikking(client) => Some(&client.bsn),
            Self::Toewijzing(client) => Some(&client.bsn),
            Self::Start(client) => Some(&client.bsn),
            Self::Stop(client) => Some(&client.bsn),
            Self::VerzoekOmToewijzing(client) => Some(&client.bsn),
            Self::VerzoekOmWijziging(client) => Some(&client.bsn),
            Self::Antwoord(_)
            | Self::Declaratie(_)
            | Self::DeclaratieAntwoord { .. }
            | Self::Factuur { .. }
            | Self::FactuurAntwoord { .. } => None,
        }
    }

    /// The date of birth of that client; `None` also where the bericht does not tell it.
    #[must_use]
    pub fn geboortedatum(&self) -> Option<&Geboortedatum> {
        match self {
            Self::Beschikking(client) => Some(&client.geboortedatum),
            Self::Toewijzing(client) => Some(&client.geboortedatum),
            Self::Start(client) => Some(&client.geboortedatum),
            Self::Stop(client) => Some(&client.geboortedatum),
            Self::VerzoekOmToewijzing(client) => Some(&client.geboortedatum),
            Self::VerzoekOmWijziging(_)
            | Self::Antwoord(_)
            | Self::Declaratie(_)
            | Self::DeclaratieAntwoord { .. }
            | Self::Factuur { .. }
            | Self::FactuurAntwoord { .. } => None,
        }
    }
}

/// Steps out of the header and takes the one element below it, if it is there.
fn below_header<E: Element, S: Source>(
    source: &mut S,
    name: &'static str,
    inhoud: fn(E) -> Inhoud,
) -> Result<Option<Inhoud>, S::Error> {
    source.leave()?;
    Ok(Option::<E>::read(name, source)?.map(inhoud))
}
