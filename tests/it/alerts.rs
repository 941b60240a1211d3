//! People are told: each receiver by itself, under one id, and nothing after the end.

mod listener;
mod stage;
mod year;
