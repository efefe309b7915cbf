//! `masthead serve`: its life, its options, its log.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::server::{Server, add_user, bearer, head};
use super::*;

/// The path of a URL.
fn path(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap()
}

#[test]
fn a_banner_is_served_and_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/data");
    let server = Server::start(&data, &[]);
    assert_eq!(server.line, format!("masthead is listening on http://{} (data in {})", server.address, data.display()));
    server.get("/healthz").is(200);
    server.ask("/readyz").is(200);
    assert!(server.ask("/metrics").is(200).body.ends_with(b"# EOF\n"));
    server.get("/readyz").is(404);
    server.get("/metrics").is(404);

    // While it runs.
    let ann = add_user(&data, "ann", &[]);
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    let uploaded = server.upload(bearer(&ann), "?width=600&height=200", &picture);
    assert!(matches!(uploaded.status, 201 | 202), "{}", uploaded.head);
    let url = uploaded.json()["profile_banner_url"].clone();
    assert!(url.as_str().unwrap().starts_with(&format!("http://{}/", server.address)), "{url}");
    let start = Instant::now();
    let web = loop {
        let web = server.get(&format!("{}/web", path(&url)));
        if web.status == 200 {
            break web.body;
        }
        assert!(start.elapsed() < Duration::from_secs(60));
    };
    assert!(web.starts_with(b"\xFF\xD8\xFF") && web.ends_with(b"\xFF\xD9"));
    assert!(server.stopped().stdout.is_empty());

    let server = Server::start(&data, &[]);
    assert_eq!(server.get(&format!("{}/web", path(&url))).is(200).body, web);
    // The very same upload is the banner already.
    server.upload(bearer(&ann), "?width=600&height=200", &picture).is(200);
    server.stopped();
}

#[test]
fn the_first_start_tells_how_to_add_a_user() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("my data");
    let log = Server::start(&data, &[]).stopped().stderr;
    assert!(log.contains(&format!("masthead user add NAME --data '{}'", data.display())), "{log}");
    add_user(&data, "ann", &[]);
    let log = Server::start(&data, &[]).stopped().stderr;
    assert!(!log.contains("masthead user add"), "{log}");
    assert!(!log.contains('\x1b'), "colours are for terminals\n{log}");
}

#[test]
fn control_c_ends_it_in_order_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    server.signal("INT");
    server.ended().ended(0);
}

/// A request that is under way is answered; one that never ends does not keep the server for ever, and a second signal
/// ends it at once.
#[test]
fn what_is_in_flight_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let ann = add_user(folder.path(), "ann", &[]);
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    let authorization = format!("Bearer {}", bearer(&ann));
    let begin = |server: &Server| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let headers = [("Authorization", &*authorization), ("Content-Type", "image/jpeg")];
        let target = "/1.1/account/update_profile_banner.json";
        stream.write_all(&head("POST", target, &server.address, &headers, picture.len())).unwrap();
        stream.write_all(&picture[..1000]).unwrap();
        // The server is certainly reading it once it has answered somebody who came later.
        server.get("/healthz").is(200);
        stream
    };
    let refuses = |server: &Server| {
        let start = Instant::now();
        while TcpStream::connect(&server.address).is_ok() {
            assert!(start.elapsed() < Duration::from_secs(5), "it still takes connections");
        }
    };

    let server = Server::start(folder.path(), &[]);
    let mut stream = begin(&server);
    server.signal("TERM");
    refuses(&server);
    stream.write_all(&picture[1000..]).unwrap();
    let answer = super::server::Response::read(&mut stream);
    assert!(matches!(answer.status, 201 | 202), "{}", answer.head);
    server.ended().ended(0);

    let server = Server::start(folder.path(), &[]);
    let mut stream = begin(&server);
    server.signal("TERM");
    refuses(&server);
    let start = Instant::now();
    server.signal("INT");
    assert_eq!(server.ended().code, Some(130));
    assert!(start.elapsed() < Duration::from_secs(5));
    let _ = stream.read(&mut [0]);
}

#[test]
fn one_server_has_the_folder_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let data = folder.path().to_str().unwrap();
    let run = masthead(["serve", "--admin", "off", "--listen", "127.0.0.1:0", "--data", data]).ended(1);
    assert_eq!(
        run.stderr,
        format!("masthead: {data} is in use by another server: stop that one, or choose another folder (--data)\n")
    );
    assert_eq!(run.stdout, "");
    // One that was killed leaves no lock behind.
    server.signal("KILL");
    server.ended();
    Server::start(folder.path(), &[]).stopped();
}

#[test]
fn operators_have_a_port_of_their_own() {
    let run = masthead(["serve", "--listen", "0.0.0.0:8081"]).ended(2);
    assert!(run.stderr.contains("--admin 127.0.0.1:8081 is the port of --listen 0.0.0.0:8081"), "{}", run.stderr);
}

#[test]
fn a_port_or_a_folder_that_cannot_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = masthead(["serve", "--admin", "off", "--listen", &address, "--data", data.to_str().unwrap()]).ended(1);
    assert_eq!(run.stderr, format!("masthead: cannot listen on {address}: another program does (see --listen)\n"));
    assert!(!data.exists());

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let run =
        masthead(["serve", "--admin", "off", "--listen", "127.0.0.1:0", "--data", file.to_str().unwrap()]).ended(1);
    assert!(run.stderr.starts_with(&format!("masthead: {}", file.display())), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1);
}

#[test]
fn values_are_refused_with_what_is_accepted() {
    for (option, value, words) in [
        ("--listen", "8080", "expected an address and a port, such as 127.0.0.1:8080"),
        ("--listen", "localhost", "expected an address and a port"),
        ("--admin", "on", "expected an address and a port"),
        ("--allow-origin", "https://a.example/", "expected https://HOST[:PORT] in lower case"),
        ("--trust-forwarded", "via", "expected x-forwarded or forwarded"),
        ("--connections", "0", "expected a whole number from 1 to 1000000"),
        ("--idle-timeout", "0", "expected a time from 1s to 1h"),
        ("--drain", "2h", "expected a time from 0 to 1h"),
        ("--public-url", "banners.example.com", "(expected https://HOST[:PORT][/PATH])"),
        ("--memory", "63MiB", "expected at least 64MiB"),
        (
            "--memory",
            "lots",
            "expected a size such as 512MiB, 2GB or 536870912, in bytes or with a unit: kB, MB, GB, KiB, MiB or GiB",
        ),
        ("--memory", "-1", "expected a size such as"),
        ("--threads", "0", "expected a whole number from 1 to 1024"),
        ("--queue", "0", "expected a whole number from 1 to 1000000"),
        ("--uploads-per-window", "0", "expected a whole number from 1 to 4294967295"),
        ("--reads-per-window", "many", "expected a whole number from 1 to 4294967295"),
        ("--respond-within", "2", "expected a time from 0 to 1h, with a unit: ms, s, m, h or d"),
        ("--respond-within", "2h", "expected a time from 0 to 1h"),
        ("--rate-window", "0", "expected a time from 1s to 30d"),
        ("--grace", "400d", "expected a time from 0 to 365d"),
        ("--quarantine", "0", "expected a time from 1h to 365d"),
        ("--log", "loud", "expected off, error, warn, info, debug or trace"),
        ("--log-format", "xml", "[possible values: text, json]"),
        ("--quality", "101", "quality is 101 (expected 1 to 100)"),
        ("--max-bytes", "100000000", "need at least --memory 1956MiB"),
        ("--tls-cert", "cert.pem", "--tls-key <FILE>"),
        ("--tls-key", "key.pem", "--tls-cert <FILE>"),
        ("--set", "missing.toml", "missing.toml: no such file or folder"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = command();
        command
            .args(["serve", option, value, "--data"])
            .arg(&data)
            .env("MASTHEAD_LISTEN", "127.0.0.1:0")
            .env("MASTHEAD_ADMIN", "off");
        let run = Run::of(command.output().unwrap()).ended(2);
        assert!(run.stderr.contains(words), "{option} {value}: {words} is not in\n{}", run.stderr);
        assert!(!data.exists() && run.stdout.is_empty());
    }
}

#[test]
fn options_come_from_the_environment_and_the_command_line_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = command();
    command
        .args(["serve", "--log", "info"])
        .env("MASTHEAD_LISTEN", "127.0.0.1:0")
        .env("MASTHEAD_ADMIN", "off")
        .env("MASTHEAD_DATA", &data);
    command.env("MASTHEAD_LOG", "off").env("MASTHEAD_LOG_FORMAT", "json").env("MASTHEAD_RESPOND_WITHIN", "0");
    command.env("MASTHEAD_KEEP_ORIGINALS", "yes").env("MASTHEAD_PUBLIC_URL", "https://b.example/x");
    let server = Server::started(command);
    let ann = add_user(&data, "ann", &[]);
    let uploaded = server.upload(bearer(&ann), "", &fs::read(photo("rocket.jpg")).unwrap()).is(202);
    let url = uploaded.json()["profile_banner_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://b.example/x/profile_banners/"), "{url}");
    let log = server.stopped().stderr;
    assert!(log.lines().count() > 0 && log.lines().all(|line| line.starts_with('{')), "{log}");

    let mut command = super::command();
    let run = Run::of(command.arg("serve").env("MASTHEAD_KEEP_ORIGINALS", "maybe").output().unwrap()).ended(2);
    assert!(run.stderr.contains("'maybe' for '--keep-originals'"), "{}", run.stderr);
}

/// Who asked for what, from where, and what became of it; in both formats.
#[test]
fn every_request_is_a_line_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let ann = add_user(folder.path(), "ann", &[]);
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let authorization = format!("Bearer {}", bearer(&ann));
    let headers = [
        ("Authorization", &*authorization),
        ("Content-Type", "image/jpeg"),
        ("x-request-id", "upload-1"),
        ("traceparent", trace),
        ("x-forwarded-for", "6.6.6.6, 2001:db8::7"),
    ];
    let target = "/1.1/account/update_profile_banner.json?width=600&height=200";

    let server = Server::start(folder.path(), &["--log-format", "json", "--trust-forwarded"]);
    let answer = server.request("POST", target, &headers, &picture);
    assert!(answer.head.contains("x-request-id: upload-1"), "{}", answer.head);
    server.request("GET", "/nothing?secret", &[], b"").is(404);
    let log = server.stopped().stderr;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of = |route: &str| {
        let answered = |line: &&Value| line["message"] == "request answered" && line["span"]["route"] == route;
        lines.iter().find(answered).unwrap_or_else(|| panic!("no line of {route} in\n{log}"))
    };
    let line = of("/1.1/account/update_profile_banner.json");
    assert_eq!((&line["level"], &line["status"]), (&Value::from("INFO"), &Value::from(answer.status)));
    assert_eq!((&line["bytes_in"], &line["bytes_out"]), (&picture.len().into(), &answer.body.len().into()));
    assert!(line["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
    let span = &line["span"];
    for (field, value) in [
        ("method", "POST"),
        ("id", "upload-1"),
        ("client", "2001:db8::7"),
        ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("parent_id", "00f067aa0ba902b7"),
    ] {
        assert_eq!(span[field], value, "{line}");
    }
    assert_eq!(span["user"].to_string(), ann["id"].to_string().replace('"', ""), "{line}");
    let line = of("unmatched");
    assert_eq!((line["status"].as_u64(), line["span"]["user"].is_null()), (Some(404), true), "{line}");

    let server = Server::start(folder.path(), &[]);
    server.request("POST", target, &headers, &picture);
    let line = server.logs("request answered");
    for words in ["INFO", "method=\"POST\"", "client=127.0.0.1", "id=\"upload-1\"", "status=200", "bytes_in="] {
        assert!(line.contains(words), "{words} is not in {line}");
    }
    // A client that goes is a line as well.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(&head("POST", target, &server.address, &headers[..2], picture.len())).unwrap();
    stream.write_all(&picture[..1000]).unwrap();
    server.get("/healthz").is(200);
    drop(stream);
    server.logs("bytes_in=1000");
    server.stopped();
}

#[test]
fn json_logs_are_one_object_a_line_with_request_ids() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--log-format", "json", "--log", "debug"]);
    server.get("/healthz").is(200);
    let run = server.stopped();
    let lines: Vec<Value> = run.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let requests = || lines.iter().filter(|line| line["span"]["name"] == "request");
    assert!(requests().count() > 0, "{}", run.stderr);
    assert!(requests().all(|line| line["span"]["id"].as_str().is_some_and(|id| id.len() >= 32)), "{}", run.stderr);
    assert!(lines.iter().any(|line| line["message"] == "listening" && line["level"] == "INFO"));
    assert!(lines.iter().any(|line| line["message"] == "stopped"));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder.path().to_str().unwrap();
    let run =
        masthead(["serve", "--log-format", "json", "--admin", "off", "--listen", &address, "--data", data]).ended(1);
    let line: Value = serde_json::from_str(&run.stderr).unwrap();
    assert!(line["message"].as_str().unwrap().contains(&address) && line["level"] == "ERROR", "{line}");
}

/// Tokens, queries, OAuth headers and pictures in all their forms, at the highest level.
#[test]
fn nothing_secret_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let ann = add_user(folder.path(), "ann", &[]);
    let secrets = ["consumer_secret", "access_token", "access_token_secret", "bearer_token"];
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAMgAAABkCAIAAABM5OhcAAAAAXNSR0IArs4c6QAAAARnQU1B";
    for format in ["text", "json"] {
        let server = Server::start(folder.path(), &["--log", "trace", "--log-format", format]);
        let picture = fs::read(photo("rocket.jpg")).unwrap();
        let uploaded = server.upload(bearer(&ann), "?width=612&height=204&note=querysecret", &picture);
        assert!(matches!(uploaded.status, 200..=202), "{}", uploaded.head);
        server.upload("masthead_wrongbearer", "", &picture).is(401);

        let authorization = format!("Bearer {}", bearer(&ann));
        let form = "application/x-www-form-urlencoded";
        let target = "/1.1/account/update_profile_banner.json";
        let send = |target: &str, authorization: &str, kind: &str, body: &str| {
            let headers = [("Authorization", authorization), ("Content-Type", kind), ("Cookie", "cookiesecret")];
            let status = server.request("POST", target, &headers, body.as_bytes()).status;
            assert!((400..500).contains(&status), "{status}");
        };
        send(target, &authorization, form, &format!("banner={base64}"));
        send(&format!("{target}?banner={base64}"), &authorization, "text/plain", "");
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"banner\"\r\n\r\n{base64}\r\n--b--\r\n");
        send(target, &authorization, "multipart/form-data; boundary=b", &part);
        let oauth = format!(
            "OAuth oauth_consumer_key=\"{}\", oauth_token=\"{}\", oauth_signature_method=\"HMAC-SHA1\", \
             oauth_timestamp=\"1\", oauth_nonce=\"noncesecret\", oauth_signature=\"signaturesecret\"",
            ann["consumer_key"].as_str().unwrap(),
            ann["access_token"].as_str().unwrap(),
        );
        send(target, &oauth, form, "status=bodysecret");
        let log = server.stopped().stderr;
        assert!(log.lines().count() > 10, "{log}");
        let values = secrets.map(|secret| ann[secret].as_str().unwrap());
        let others = [
            "wrongbearer",
            "querysecret",
            "cookiesecret",
            "noncesecret",
            "signaturesecret",
            "bodysecret",
            &base64[..16],
        ];
        for secret in values.iter().chain(&others) {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} is in the log");
        }
    }
}
