//! `masthead bench`.

use super::*;

#[test]
fn json_has_exactly_the_promised_keys() {
    let arguments = ["bench", "--json", "--repeat", "3", "--threads", "2"].map(PathBuf::from);
    let run = masthead(arguments.into_iter().chain([generated("jpeg-420.jpg"), photo("camera.png")])).ended(0);
    let figures = run.json();
    assert_eq!(figures.len(), 2);
    for figures in &figures {
        let keys = |value: &Value| {
            let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
            keys.sort();
            keys
        };
        let mut expected = [
            "file",
            "width",
            "height",
            "threads",
            "repeat",
            "wall_ms",
            "cpu_ms",
            "stages",
            "output_bytes",
            "images_per_second",
            "peak_rss_bytes",
        ];
        expected.sort_unstable();
        assert_eq!(keys(figures), expected);
        assert_eq!(keys(&figures["stages"]), ["decode_ms", "encode_ms", "resample_ms"]);
        assert_eq!((&figures["threads"], &figures["repeat"]), (&2.into(), &3.into()));
        for key in ["wall_ms", "images_per_second"] {
            assert!(figures[key].as_f64().unwrap() > 0.0, "{key}");
        }
        assert!(figures["output_bytes"].as_u64().unwrap() > 10_000);
        if cfg!(target_os = "linux") {
            assert!(figures["peak_rss_bytes"].as_u64().unwrap() > 1_000_000);
            assert!(figures["cpu_ms"].is_null() || figures["cpu_ms"].as_f64().unwrap() > 0.0);
        }
    }
    assert_eq!((&figures[0]["width"], &figures[0]["height"]), (&256.into(), &128.into()));
}

#[test]
fn people_get_words_and_failures_a_line() {
    let run =
        masthead([Path::new("bench"), &generated("jpeg-420.jpg"), Path::new("missing.jpg"), Path::new("--repeat=1")]);
    let run = run.ended(1);
    for words in ["256x128", "decode", "resample", "encode", "images a second", "peak memory"] {
        assert!(run.stdout.contains(words), "{words} is not in\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "masthead: missing.jpg: no such file or folder\n");
}

#[test]
#[cfg(target_os = "linux")]
fn the_file_is_in_memory_once() {
    let folder = tempfile::tempdir().unwrap();
    let most = (2 * LONG_FILE).to_string();
    let peak = |file: &Path| {
        let options = ["--max-bytes", &most, "--repeat=1", "--threads=2", "--json"].map(Path::new);
        let run = masthead([Path::new("bench"), file].into_iter().chain(options));
        run.ended(0).json()[0]["peak_rss_bytes"].as_u64().unwrap()
    };
    // The picture itself is small, and what the command takes without a file depends on how it was built.
    let growth = peak(&long_file(folder.path())).saturating_sub(peak(&generated("jpeg-420.jpg")));
    assert!(growth < LONG_FILE * 3 / 2, "{growth} bytes more for a file of {LONG_FILE}");
}
