//! A form of megabytes is verified in the memory of a small one.

use masthead_oauth1::{Error, Request, Secrets, SignatureMethod, Signed};
use masthead_testdata::Random;
use peak_alloc::PeakAlloc;

#[path = "verification/reference.rs"]
mod reference;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// 5 MiB in base64, urlencoded.
fn banner() -> Vec<u8> {
    let digits = Random::new(1).take(5 * 1024 * 1024 * 4 / 3).map(|bits| match bits as u8 % 64 {
        digit @ 0..26 => (b'A' + digit) as char,
        digit @ 26..52 => (b'a' + digit - 26) as char,
        digit @ 52..62 => (b'0' + digit - 52) as char,
        62 => '+',
        _ => '/',
    });
    let encoded = digits.map(|digit| match digit {
        '+' => "%2B".to_owned(),
        '/' => "%2f".to_owned(),
        digit => digit.to_string(),
    });
    encoded.collect::<String>().into_bytes()
}

// One test: the peak is that of the process.
#[test]
fn a_large_form_takes_no_memory() {
    let banner = banner();
    let once = [&b"width=1500&banner="[..], &banner, b"%3D"].concat();
    // The same value twice, and a third that starts like them.
    let alike = [&b"a="[..], &banner, b"&a=", &banner, b"&a=", &banner, b"%00"].concat();
    // Never equal as it was sent, always as it is signed.
    let unlike = [&b"a="[..], &b"A%41".repeat(500_000), b"&a=", &b"%41A".repeat(500_000)].concat();
    for form in [once, alike, unlike] {
        for method in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
            let unsigned = reference::header(method, "");
            let request = |header| Request {
                method: "POST",
                url: "https://localhost/1.1/account/update_profile_banner.json",
                authorization: Some(header),
                form: Some(&form),
            };
            let base_string = reference::base_string(&request(&unsigned));
            let signature = reference::sign(method, &base_string, "consumer", "token");
            drop(base_string);
            let header = reference::header(method, &signature);

            ALLOCATOR.reset_peak_usage();
            let before = ALLOCATOR.current_usage();
            let signed = Signed::parse(&request(&header)).unwrap();
            assert_eq!(signed.verify(Secrets { consumer: "consumer", token: "token" }), Ok(()));
            assert_eq!(signed.verify(Secrets { consumer: "c", token: "token" }), Err(Error::SignatureMismatch));
            let peak = ALLOCATOR.peak_usage() - before;
            assert!(peak < 16 << 10, "{peak} bytes");
        }
    }
}
