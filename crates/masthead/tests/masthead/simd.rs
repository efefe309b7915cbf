//! The environment variable that lowers the vector instructions.

use std::env;
use std::process::Command;

use masthead::Processor;

#[test]
fn a_processor_is_not_made_with_an_unknown_level() {
    if env::var("MASTHEAD_SIMD").is_ok_and(|word| word == "sse2") {
        // In the process that is started below.
        let _ = Processor::default();
        return;
    }
    // In a process of its own, since the variable is read once.
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["--exact", "simd::a_processor_is_not_made_with_an_unknown_level", "--nocapture"]);
    let run = test.env("MASTHEAD_SIMD", "sse2").output().unwrap();
    let errors = String::from_utf8(run.stderr).unwrap();
    assert!(!run.status.success(), "{errors}");
    assert!(errors.contains("MASTHEAD_SIMD is \"sse2\" (expected scalar, avx2 or avx512)"), "{errors}");
}
