//! One declaratie in several berichten.
