//! People are told: each receiver by itself, under one id, and nothing after the end.

mod alertmanager;
mod engine;
mod held;
mod listener;
mod mail;
mod smtp;
mod stage;
mod year;
