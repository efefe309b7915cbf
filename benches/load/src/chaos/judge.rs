//! Whether what honest clients saw can be held against the server.

use std::collections::{BTreeMap, HashSet};

use tokio::time::Instant;

use super::witness::Sample;

/// A request of an honest client, and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its `X-Request-Id`.
    pub(crate) request: String,
    /// What it was for.
    pub(crate) what: &'static str,
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
    /// Status and code; or why there was no answer.
    pub(crate) answer: Result<(u16, u64), String>,
    /// What its sender has counted on, beside success.
    pub(crate) allowed: Allowed,
    /// Whether it was signed, with the time on it.
    pub(crate) signed: bool,
}

/// Answers of the client's own making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    Success,
    /// The picture is broken.
    Refusal,
    /// There may be no banner.
    NotFound,
}

/// What became of an upload that was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It was served, with the right bytes.
    Banner,
    /// Its user is told why there is no banner.
    Refused,
    /// A later upload of its user has taken its place.
    Overtaken,
    /// Its user has removed it.
    Removed,
    /// None of these: what was seen instead.
    Lost(String),
}

/// An upload that was answered with 200, 201 or 202.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledged {
    pub(crate) user: String,
    pub(crate) version: i64,
    pub(crate) ending: Ending,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) calls: Vec<Call>,
    pub(crate) uploads: Vec<Acknowledged>,
    /// Requests that met a fault of the blob store.
    pub(crate) struck: HashSet<String>,
    pub(crate) samples: Vec<Sample>,
    /// When the server's clock was not the clients'.
    pub(crate) clock_off: Vec<(Instant, Instant)>,
    /// What was wrong otherwise.
    pub(crate) wrong: Vec<String>,
    /// How many uploads may wait or be in work.
    pub(crate) queue: u64,
    /// The most memory that an upload may need, in bytes.
    pub(crate) largest: u64,
}

/// Why an answer that is no success cannot be held against the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Excuse {
    /// 503: the blob store failed or stalled in this very request.
    Fault,
    /// 503: as many uploads waited as may.
    Queue,
    /// 503: there was no memory for the largest upload.
    Memory,
    /// 401: the server's clock was off.
    Clock,
    /// What its sender has counted on.
    Own,
}

/// What is said of a run.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Answers that are excused.
    pub(crate) excused: BTreeMap<Excuse, u64>,
    pub(crate) banners: u64,
    pub(crate) refused: u64,
    pub(crate) overtaken: u64,
    pub(crate) removed: u64,
    /// Everything that must not be.
    pub(crate) faults: Vec<String>,
}

impl Evidence {
    pub(crate) fn judge(&self) -> Verdict {
        let mut verdict = Verdict { faults: self.wrong.clone(), ..Verdict::default() };
        if self.uploads.is_empty() || self.samples.is_empty() {
            verdict.faults.push("nothing was seen".to_owned());
        }
        for call in &self.calls {
            match self.excuse(call) {
                Ok(None) => {}
                Ok(Some(excuse)) => *verdict.excused.entry(excuse).or_default() += 1,
                Err(fault) => verdict.faults.push(fault),
            }
        }
        for Acknowledged { user, version, ending } in &self.uploads {
            match ending {
                Ending::Banner => verdict.banners += 1,
                Ending::Refused => verdict.refused += 1,
                Ending::Overtaken => verdict.overtaken += 1,
                Ending::Removed => verdict.removed += 1,
                Ending::Lost(seen) => verdict.faults.push(format!("upload {version} of {user} is lost: {seen}")),
            }
        }
        verdict
    }

    /// Why the answer to a call is no success; nothing where it is one.
    fn excuse(&self, call: &Call) -> Result<Option<Excuse>, String> {
        let fault = |what: &str| Err(format!("{} ({}): {what}", call.what, call.request));
        let (status, code) = match &call.answer {
            Ok(answer) => *answer,
            Err(error) => return fault(error),
        };
        let meanwhile = |at: Instant| call.begin <= at && at <= call.end;
        match (status, code) {
            (200..=299, _) => Ok(None),
            (400 | 422, 324) if call.allowed == Allowed::Refusal => Ok(Some(Excuse::Own)),
            (404, 34) if call.allowed == Allowed::NotFound => Ok(Some(Excuse::Own)),
            (401, 135)
                if call.signed && self.clock_off.iter().any(|(from, to)| *from <= call.end && call.begin <= *to) =>
            {
                Ok(Some(Excuse::Clock))
            }
            (503, _) if self.struck.contains(&call.request) => Ok(Some(Excuse::Fault)),
            (503, _) => {
                let mut samples = self.samples.iter().filter(|sample| meanwhile(sample.at));
                if samples.clone().any(|sample| sample.queued >= self.queue) {
                    Ok(Some(Excuse::Queue))
                } else if samples.any(|sample| sample.free < self.largest) {
                    Ok(Some(Excuse::Memory))
                } else {
                    fault(&format!("status 503, code {code}, though nothing had failed and there was room"))
                }
            }
            _ => fault(&format!("status {status}, code {code}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const QUEUE: u64 = 10;
    const LARGEST: u64 = 1000;

    /// A call of the second after `start`.
    fn call(start: Instant, status: u16, code: u64) -> Call {
        Call {
            request: "r".to_owned(),
            what: "upload",
            begin: start + Duration::from_secs(1),
            end: start + Duration::from_secs(2),
            answer: Ok((status, code)),
            allowed: Allowed::Success,
            signed: false,
        }
    }

    /// A run of one call and one upload, which went well but for what `call` says.
    fn evidence(call: Call) -> Evidence {
        let at = |seconds| call.begin + Duration::from_secs(seconds) - Duration::from_millis(500);
        let sample = |at| Sample { at, queued: QUEUE - 1, free: LARGEST };
        Evidence {
            samples: vec![sample(at(0)), sample(at(1)), sample(at(2))],
            uploads: vec![Acknowledged { user: "u".to_owned(), version: 1, ending: Ending::Banner }],
            calls: vec![call],
            queue: QUEUE,
            largest: LARGEST,
            ..Evidence::default()
        }
    }

    fn excused(evidence: &Evidence) -> Option<Excuse> {
        let verdict = evidence.judge();
        assert_eq!(verdict.faults.len(), usize::from(verdict.excused.is_empty()), "{:?}", verdict.faults);
        verdict.excused.into_keys().next()
    }

    #[test]
    fn success_needs_no_excuse() {
        let start = Instant::now();
        for status in [200, 201, 202] {
            let verdict = evidence(call(start, status, 0)).judge();
            assert!(verdict.faults.is_empty() && verdict.excused.is_empty() && verdict.banners == 1);
        }
    }

    #[test]
    fn a_503_needs_a_reason_in_its_own_time() {
        let plain = evidence(call(Instant::now(), 503, 130));
        assert_eq!(excused(&plain), None);

        let mut struck = plain.clone();
        struck.struck.insert("another".to_owned());
        assert_eq!(excused(&struck), None);
        struck.struck.insert("r".to_owned());
        assert_eq!(excused(&struck), Some(Excuse::Fault));

        let mut full = plain.clone();
        (full.samples[0].queued, full.samples[2].free) = (QUEUE, 0);
        assert_eq!(excused(&full), None, "before and after it");
        full.samples[1].free = LARGEST - 1;
        assert_eq!(excused(&full), Some(Excuse::Memory));
        full.samples[1].queued = QUEUE;
        assert_eq!(excused(&full), Some(Excuse::Queue));
    }

    #[test]
    fn a_500_has_no_excuse() {
        let mut all = evidence(call(Instant::now(), 500, 131));
        all.struck.insert("r".to_owned());
        all.samples[1] = Sample { queued: QUEUE, free: 0, ..all.samples[1] };
        assert_eq!(excused(&all), None);
        all.calls[0].answer = Err("the connection was closed".to_owned());
        assert_eq!(excused(&all), None);
        for (status, code) in [(401, 32), (403, 64), (408, 408), (429, 88)] {
            all.calls[0].answer = Ok((status, code));
            assert_eq!(excused(&all), None, "{status}");
        }
    }

    #[test]
    fn clocks_are_an_excuse_for_signatures_while_they_are_off() {
        let mut off = evidence(call(Instant::now(), 401, 135));
        let (begin, end) = (off.calls[0].begin, off.calls[0].end);
        off.calls[0].signed = true;
        assert_eq!(excused(&off), None);
        off.clock_off.push((end + Duration::from_millis(1), end + Duration::from_secs(9)));
        assert_eq!(excused(&off), None);
        off.clock_off.push((begin - Duration::from_secs(9), begin));
        assert_eq!(excused(&off), Some(Excuse::Clock));
        off.calls[0].signed = false;
        assert_eq!(excused(&off), None, "a token has no time on it");
    }

    #[test]
    fn refusals_are_for_who_has_asked_for_them() {
        let mut refused = evidence(call(Instant::now(), 400, 324));
        assert_eq!(excused(&refused), None);
        refused.calls[0].allowed = Allowed::Refusal;
        assert_eq!(excused(&refused), Some(Excuse::Own));
        refused.calls[0].answer = Ok((404, 34));
        assert_eq!(excused(&refused), None);
        refused.calls[0].allowed = Allowed::NotFound;
        assert_eq!(excused(&refused), Some(Excuse::Own));
    }

    #[test]
    fn a_lost_upload_and_an_empty_run_are_faults() {
        let mut lost = evidence(call(Instant::now(), 201, 0));
        lost.uploads[0].ending = Ending::Lost("404".to_owned());
        assert_eq!(lost.judge().faults, ["upload 1 of u is lost: 404"]);
        assert_eq!(Evidence::default().judge().faults, ["nothing was seen"]);
        let mut wrong = evidence(call(Instant::now(), 201, 0));
        wrong.wrong.push("a banner is another one".to_owned());
        assert_eq!(wrong.judge().faults.len(), 1);
    }
}
