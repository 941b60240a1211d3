//! The kinds of deadlines by name. What each one is stands in its row: see [`super::kinds`].

/// What a deadline watches over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeadlineKind {
    /// The retour of a heenbericht (OP090).
    Retour,
    /// The antwoord on a declaratie (OP090x4).
    DeclaratieAntwoord,
    /// The report of a start of support (OP271).
    Start,
    /// The report of a stop of support (OP272).
    Stop,
    /// The first answer to a verzoek: a toewijzing, or a 319 (OP274, OP346).
    Verzoek,
    /// The decision on a verzoek that is being looked into (OP274, OP346).
    Onderzoek,
    /// That support starts at all after a toewijzing: agreed between parties, in no rule of the standard.
    StartNaToewijzing,
    /// That a period is declared soon after it: agreed between parties too.
    Declareren,
    /// That something follows a toewijzing before it ends: agreed between parties too.
    Verlenging,
    /// That a rejected line is sent again, corrected: agreed between parties too.
    Correctie,
    /// That what was granted after the end of a shortened toewijzing is credited: in no rule of the standard.
    Creditering,
    /// The payment of what is granted: agreed between parties too. No bericht tells of it: a person does.
    Betaling,
    /// That a bericht comes one step further on its way to its addressee. The gateway notices it, as all below.
    Transport,
    /// That a certificate of ours is replaced before it ends.
    Certificaat,
    /// That a code list is compared with that of who keeps it.
    Codelijst,
    /// That a sender whose berichten are refused for one cause mends that.
    Afzender,
    /// That what stands still goes on: what is held, waits for a second person or for another bericht.
    Wachten,
    /// That a receiver of alerts takes them again.
    AlertOntvanger,
}

impl DeadlineKind {
    /// Every kind that this gateway knows.
    pub const ALL: [Self; 18] = [
        Self::Retour,
        Self::DeclaratieAntwoord,
        Self::Start,
        Self::Stop,
        Self::Verzoek,
        Self::Onderzoek,
        Self::StartNaToewijzing,
        Self::Declareren,
        Self::Verlenging,
        Self::Correctie,
        Self::Creditering,
        Self::Betaling,
        Self::Transport,
        Self::Certificaat,
        Self::Codelijst,
        Self::Afzender,
        Self::Wachten,
        Self::AlertOntvanger,
    ];

    /// The name in profiles, in JSON and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retour => "retour",
            Self::DeclaratieAntwoord => "declaratie-antwoord",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Verzoek => "verzoek",
            Self::Onderzoek => "onderzoek",
            Self::StartNaToewijzing => "start-na-toewijzing",
            Self::Declareren => "declareren",
            Self::Verlenging => "verlenging",
            Self::Correctie => "correctie",
            Self::Creditering => "creditering",
            Self::Betaling => "betaling",
            Self::Transport => "transport",
            Self::Certificaat => "certificaat",
            Self::Codelijst => "codelijst",
            Self::Afzender => "afzender",
            Self::Wachten => "wachten",
            Self::AlertOntvanger => "alert-ontvanger",
        }
    }

    /// Whether the gateway notices it by itself: no bericht starts it.
    #[must_use]
    pub const fn is_noticed(self) -> bool {
        match self {
            Self::Transport
            | Self::Certificaat
            | Self::Codelijst
            | Self::Afzender
            | Self::Wachten
            | Self::AlertOntvanger => true,
            Self::Retour
            | Self::DeclaratieAntwoord
            | Self::Start
            | Self::Stop
            | Self::Verzoek
            | Self::Onderzoek
            | Self::StartNaToewijzing
            | Self::Declareren
            | Self::Verlenging
            | Self::Correctie
            | Self::Creditering
            | Self::Betaling => false,
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
