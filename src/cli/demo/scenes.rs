//! The story that `demo` plays: who is in it, what happens when, and which berichten that takes.

/// What the aanbieders do: the first one all that may happen to a toewijzing, the second starts on one that nobody gave, the
/// third stays silent, the fourth starts and is told to stop.
pub(super) const PARTIES: &str = r#"
[[parties]]
code = "41005001"
after = "1h"
start = { after = "1d" }
then = [
    { after = "11d", report = "pause" },
    { after = "14d", report = "restart" },
    { after = "1d", report = "correct" },
    { after = "13d", report = "ask-more" },
    { after = "46d", report = "stop" },
]
[[parties]]
code = "41005002"
after = "4h"
start = { after = "1d", toewijzing = "unknown" }
[[parties]]
code = "41005003"
retour = "never"
[[parties]]
code = "41005004"
after = "2h"
start = { after = "1d" }
"#;

/// A moment of the story.
pub(super) struct Scene {
    pub at: &'static str,
    /// What people are told.
    pub what: &'static str,
    /// Sent by an aanbieder of its own accord; what else aanbieders do is planned by [`PARTIES`].
    pub asked: Option<&'static str>,
    /// Posted by the gemeente.
    pub posted: &'static [&'static str],
}

/// The story, in order.
pub(super) const SCENES: [Scene; 14] = [
    Scene {
        at: "2026-03-02T09:00:00+01:00",
        what: "Aanbieder 41005001 vraagt een toewijzing aan (WMO315); de gemeente bevestigt dat (WMO316).",
        asked: Some(include_str!("../../../fixtures/demo/01-wmo315-verzoek.xml")),
        posted: &[],
    },
    Scene {
        at: "2026-03-03T09:00:00+01:00",
        what: "De gemeente laat weten dat zij het verzoek onderzoekt (WMO319).",
        asked: None,
        posted: &[include_str!("../../../fixtures/demo/02-wmo319-in-onderzoek.xml")],
    },
    Scene {
        at: "2026-03-04T09:00:00+01:00",
        what: "De gemeente stuurt vier aanbieders een toewijzing (WMO301), de eerste op dat verzoek.",
        asked: None,
        posted: &[
            include_str!("../../../fixtures/demo/03-wmo301-op-verzoek.xml"),
            include_str!("../../../fixtures/demo/04-wmo301-start-onbekend.xml"),
            include_str!("../../../fixtures/demo/05-wmo301-zwijgt.xml"),
            include_str!("../../../fixtures/demo/06-wmo301-wordt-ingetrokken.xml"),
        ],
    },
    Scene {
        at: "2026-03-04T14:00:00+01:00",
        what: "Drie aanbieders bevestigen de ontvangst (WMO302); de vierde zwijgt.",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-03-05T15:00:00+01:00",
        what: "Drie aanbieders melden de start (WMO305), een daarvan op een onbekende toewijzing.",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-03-08T08:30:00+01:00",
        what: "De termijn van drie dagen voor de vierde WMO302 is verstreken.",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-03-16T15:00:00+01:00",
        what: "De client van 41005001 ligt in het ziekenhuis: de ondersteuning stopt tijdelijk (WMO307).",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-03-24T11:00:00+01:00",
        what: "De client van 41005004 verhuist: de gemeente trekt die toewijzing in per 31 maart (WMO301).",
        asked: None,
        posted: &[include_str!("../../../fixtures/demo/07-wmo301-ingetrokken.xml")],
    },
    Scene {
        at: "2026-03-30T15:00:00+02:00",
        what: "De ondersteuning door 41005001 wordt hervat (WMO305).",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-04-01T09:00:00+02:00",
        what: "Dat was een dag later: intrekking en nieuwe start in een bericht. En 41005004 meldt de stop.",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-04-13T15:00:00+02:00",
        what: "41005001 vraagt een uur per week meer vanaf 4 mei (WMO317).",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-04-17T11:00:00+02:00",
        what: "De gemeente stemt toe: de oude toewijzing eindigt op 3 mei, een nieuwe begint (WMO301).",
        asked: None,
        posted: &[include_str!("../../../fixtures/demo/08-wmo301-gewijzigd.xml")],
    },
    Scene {
        at: "2026-05-05T10:00:00+02:00",
        what: "41005001 meldt de stop van de oude toewijzing (WMO307) en de start van de nieuwe (WMO305).",
        asked: None,
        posted: &[],
    },
    Scene {
        at: "2026-05-29T15:00:00+02:00",
        what: "De ondersteuning is klaar: 41005001 meldt de stop (WMO307).",
        asked: None,
        posted: &[],
    },
];
