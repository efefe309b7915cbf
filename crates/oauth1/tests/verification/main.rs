//! Requests are verified as RFC 5849 has it, and as its published examples and another implementation sign them.

mod base_string;
mod clients;
mod reference;
mod refusals;
mod vectors;
