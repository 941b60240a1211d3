//! Where each setting stands, so that a problem can say in which line it is mended.
//!
//! A problem begins with the place that it is about, up to the first colon: `http.listen`, `credential[2].name`, or what a
//! table is named by, `credential "backoffice"`.

use std::collections::BTreeMap;

/// Where settings stand, by their place.
#[derive(Default)]
pub(super) struct Origins {
    /// The file, when there is one.
    file: Option<String>,
    places: BTreeMap<String, Origin>,
}

/// Where one stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// In a line of the file.
    Line(usize),
    /// Outside it, as in `environment variable IWMO_GATEWAY_HTTP_LISTEN`.
    Outside(String),
}

impl Origins {
    pub(super) fn of(file: Option<String>) -> Self {
        Self { file, places: BTreeMap::new() }
    }

    /// What is at this place stands in this line.
    pub(super) fn in_line(&mut self, place: String, line: usize) {
        self.places.insert(place, Origin::Line(line));
    }

    /// What is at this place was said outside the file.
    pub(super) fn outside(&mut self, place: String, origin: String) {
        self.places.insert(place, Origin::Outside(origin));
    }

    /// What is at this place stands where that other one does.
    pub(super) fn same(&mut self, place: &str, other: &str) {
        if let Some(origin) = self.places.get(other).cloned() {
            self.places.insert(place.to_owned(), origin);
        }
    }

    /// These problems in the order of the file, each with its line in front; of settings that come from no file as they are.
    pub(super) fn placed(&self, problems: Vec<String>) -> Vec<String> {
        let mut placed: Vec<(Option<&Origin>, String)> =
            problems.into_iter().map(|problem| (self.of_problem(&problem), problem)).collect();
        placed.sort_by(|(one, _), (other, _)| one.is_none().cmp(&other.is_none()).then(one.cmp(other)));
        placed.into_iter().map(|(origin, problem)| self.with_place(origin, problem)).collect()
    }

    fn with_place(&self, origin: Option<&Origin>, problem: String) -> String {
        match (origin, &self.file) {
            (Some(Origin::Outside(origin)), _) => format!("{origin}: {problem}"),
            (Some(Origin::Line(line)), Some(file)) => {
                let text = problem.strip_prefix(&format!("line {line}: ")).unwrap_or(&problem);
                format!("{file}:{line}: {text}")
            }
            (None, Some(file)) => format!("{file}: {problem}"),
            (_, None) => problem,
        }
    }

    /// Where to mend this one: at the key that it names, or else at the table that it is about.
    fn of_problem(&self, problem: &str) -> Option<&Origin> {
        let (place, text) = problem.split_once(": ")?;
        let key = text.split(' ').next().unwrap_or_default();
        self.places.get(&format!("{place}.{key}")).or_else(|| self.nearest(place))
    }

    fn nearest(&self, place: &str) -> Option<&Origin> {
        let above = || place.rsplit_once('.').and_then(|(table, _)| self.nearest(table));
        self.places.get(place).or_else(above)
    }
}
