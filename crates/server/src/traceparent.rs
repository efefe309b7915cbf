//! The header `traceparent`: which trace a request belongs to (W3C Trace Context, level 1).

use axum::http::{HeaderMap, HeaderName};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Which trace a request belongs to, and which span of it has made the request.
///
/// # Guarantees
/// - Both ids are lower-case hexadecimal digits, and not all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent<'a> {
    trace_id: &'a str,
    parent_id: &'a str,
}

impl<'a> TraceParent<'a> {
    /// What the one header says. A malformed one counts for nothing, as the standard has it.
    pub(crate) fn of(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse(value.to_str().ok()?),
            _ => None,
        }
    }

    /// `00-<trace id>-<parent id>-<flags>`; what later versions append is passed over.
    fn parse(value: &'a str) -> Option<Self> {
        let mut fields = value.split('-');
        let (version, trace_id, parent_id, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let hexadecimal = |field: &str, length| field.len() == length && field.bytes().all(digit);
        let zero = |field: &str| field.bytes().all(|byte| byte == b'0');
        let well_formed = hexadecimal(version, 2)
            && version != "ff"
            && (version != "00" || fields.next().is_none())
            && hexadecimal(trace_id, 32)
            && !zero(trace_id)
            && hexadecimal(parent_id, 16)
            && !zero(parent_id)
            && hexadecimal(flags, 2);
        well_formed.then_some(Self { trace_id, parent_id })
    }

    /// 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &'a str {
        self.trace_id
    }

    /// 16 hexadecimal digits.
    pub(crate) fn parent_id(&self) -> &'a str {
        self.parent_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn only_what_is_well_formed_counts() {
        let parsed = TraceParent::parse(GOOD).unwrap();
        assert_eq!(parsed.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parsed.parent_id(), "00f067aa0ba902b7");
        assert!(TraceParent::parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
        for bad in [
            "",
            "00",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1\u{e9}",
        ] {
            assert_eq!(TraceParent::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn two_headers_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, GOOD.parse().unwrap());
        assert!(TraceParent::of(&headers).is_some());
        headers.append(TRACEPARENT, GOOD.parse().unwrap());
        assert_eq!(TraceParent::of(&headers), None);
    }
}
