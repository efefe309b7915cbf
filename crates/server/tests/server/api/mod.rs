//! The server through its router, as clients meet it.

pub(crate) mod client;
mod clock;
mod connections;
mod counting;
mod edges;
mod errors;
mod fairness;
mod files;
mod forms;
mod jobs;
mod locked;
mod operations;
mod order;
mod outage;
mod rates;
mod revoked;
mod signing;
