//! Where the berichtklassen stand that several rules look at.

use std::collections::HashSet;
use std::hash::Hash;

use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::declaratie::Client;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::Place;

/// The places of keys that stood in the bericht before.
pub fn repeated<K: Eq + Hash>(keys: impl Iterator<Item = K>, path: impl Fn(usize) -> ElementPath) -> Vec<Place> {
    let mut seen = HashSet::new();
    keys.enumerate().filter_map(|(index, key)| (!seen.insert(key)).then(|| Place::klasse(path(index)))).collect()
}

pub fn client_path() -> ElementPath {
    ElementPath::root().child("Client")
}

/// The clients of a declaratie or of the antwoord on it, numbered from 0.
pub fn clienten(heen: &Heenbericht) -> impl Iterator<Item = (usize, &Client)> {
    heen.inhoud.clienten().iter().enumerate()
}

pub fn nth_client_path(heen: &Heenbericht, index: usize) -> ElementPath {
    ElementPath::root().child(heen.inhoud.name()).child("Clienten").nth("Client", index)
}

pub fn prestatie_path(heen: &Heenbericht, client: usize, prestatie: usize) -> ElementPath {
    nth_client_path(heen, client).child("Prestaties").nth("Prestatie", prestatie)
}

pub fn nth_factuur_client_path(index: usize) -> ElementPath {
    ElementPath::root().child("Clienten").nth("Client", index)
}

pub fn relatie_path(index: usize) -> ElementPath {
    client_path().child("Relaties").nth("Relatie", index)
}

pub fn start_product_path(index: usize) -> ElementPath {
    client_path().child("StartProducten").nth("StartProduct", index)
}

pub fn stop_product_path(index: usize) -> ElementPath {
    client_path().child("StopProducten").nth("StopProduct", index)
}
