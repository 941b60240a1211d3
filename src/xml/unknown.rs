//! What to say of XML that is not a bericht we know.

use crate::domain::Berichtsoort;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::Position;

use super::malformed::{Malformed, shown};
use super::refusal::Refusal;

/// Refuses a text by its root element.
pub(super) fn refuse(namespace: &str, local: &str, position: Position) -> Refusal {
    let (text, soort) = if let Some((release, name)) = kind(namespace) {
        let finding = format!(
            "Dit is een {name} van release {release}. Deze gateway verwerkt dat bericht niet. \
             Controleer of berichtsoort en release kloppen."
        );
        (finding, Berichtsoort::from_name(&name).filter(|_| local == "Bericht"))
    } else {
        let local = shown(local);
        let finding = format!(
            "Het hoofdelement {local} hoort bij geen bericht dat deze gateway kent. \
             Controleer de naam (Bericht) en de namespace van het hoofdelement."
        );
        (finding, None)
    };
    Refusal::unknown(ElementPath::document().child(&shown(local)), soort, Malformed { position, text })
}

/// Release and kind in a namespace such as `http://www.istandaarden.nl/iwmo/3_2/wmo323/schema`.
fn kind(namespace: &str) -> Option<(String, String)> {
    let mut parts = namespace.strip_prefix("http://www.istandaarden.nl/iwmo/")?.split('/');
    let (release, name) = (parts.next()?, parts.next()?);
    let (versie, subversie) = release.split_once('_')?;
    let is_number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = name.strip_prefix("wmo")?;
    let is_kind = number.get(..3).is_some_and(is_number) && number.len() <= 4 && number.is_ascii();
    (is_number(versie) && is_number(subversie) && is_kind)
        .then(|| (format!("{versie}.{subversie}"), name.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_name_release_and_kind() {
        let of = |namespace: &str| kind(namespace).map(|(release, name)| format!("{name} {release}"));
        assert_eq!(of("http://www.istandaarden.nl/iwmo/3_2/wmo323/schema").as_deref(), Some("WMO323 3.2"));
        assert_eq!(of("http://www.istandaarden.nl/iwmo/2_0/wmo305/schema/2_0").as_deref(), Some("WMO305 2.0"));
        assert_eq!(of("http://www.istandaarden.nl/iwmo/3_2/basisschema/schema"), None);
        assert_eq!(of("urn:x"), None);
    }
}
