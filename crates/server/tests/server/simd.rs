//! The environment variable that lowers the vector instructions.

use std::env;
use std::process::Command;

use masthead_server::masthead::LevelError;
use masthead_server::{Options, Server, StartError, Storage};

#[tokio::test]
async fn a_server_does_not_start_with_an_unknown_level() {
    if env::var("MASTHEAD_SIMD").is_ok_and(|word| word == "sse2") {
        // In the process that is started below.
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::folder(folder.path()).await.unwrap();
        let error = Server::start(storage, Options::default()).await.err().expect("it did not start");
        assert_eq!(error.to_string(), "MASTHEAD_SIMD is \"sse2\" (expected scalar, avx2 or avx512)");
        assert!(matches!(error, StartError::Simd(LevelError::Variable(_))));
        return;
    }
    // In a process of its own, whose environment no other test sees.
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["--exact", "simd::a_server_does_not_start_with_an_unknown_level", "--nocapture"]);
    let run = test.env("MASTHEAD_SIMD", "sse2").output().unwrap();
    let (printed, errors) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
    assert!(run.status.success() && printed.contains("1 passed"), "{printed}{errors}");
}
