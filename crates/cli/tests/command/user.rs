//! `masthead user`.

use std::collections::HashSet;

use super::server::{Server, add_user, bearer, user};
use super::*;

/// The five secrets of a user.
fn secrets(user: &Value) -> [&str; 5] {
    ["consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token"]
        .map(|key| user[key].as_str().unwrap())
}

#[test]
fn a_new_user_is_told_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let run = user(&data, &["add", "ann", "--name", "Änn Lee", "--url", "https://b.example/"]).ended(0);
    assert!(run.stdout.starts_with(&format!("Added user ann (id 1) to {}.\n", data.display())), "{}", run.stdout);
    let value = |name: &str| {
        let line = run.stdout.lines().find(|line| line.trim_start().starts_with(&format!("{name}  ")));
        line.expect(name).split_whitespace().last().unwrap().to_owned()
    };
    let all = ["consumer key", "consumer secret", "access token", "access token secret", "bearer token"].map(value);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 5);
    let line = format!(
        "\n  curl -H \"Authorization: Bearer {}\" -F banner=@photo.jpg https://b.example/1.1/account/update_profile_banner.json\n",
        all[4]
    );
    assert!(run.stdout.ends_with(&line) && run.stdout.contains("cannot be shown again"), "{}", run.stdout);

    let list = user(&data, &["list"]).ended(0).stdout;
    assert_eq!(list, "id  screen name  name\n 1  ann          Änn Lee\n");
    assert!(all.iter().all(|secret| !list.contains(&**secret)));
    let json = user(&data, &["list", "--json"]).ended(0).json();
    let expected = serde_json::json!({"id": 1, "screen_name": "ann", "name": "Änn Lee", "suspended": false});
    assert_eq!(json, [expected]);
}

#[test]
fn what_is_printed_opens_the_door_and_what_is_rotated_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let check = |bearer: &str| {
        let authorization = format!("Bearer {bearer}");
        let target = "/1.1/account/verify_credentials.json";
        server.request("GET", target, &[("Authorization", &authorization)], b"")
    };
    let ann = add_user(folder.path(), "Ann_42", &["--name", "Ann Lee"]);
    let account = check(bearer(&ann)).is(200).json();
    assert_eq!(
        (&account["id"], &account["screen_name"], &account["name"]),
        (&ann["id"], &"Ann_42".into(), &"Ann Lee".into())
    );

    // Names are found in upper and lower case, and shown as they were given.
    let fresh = user(folder.path(), &["rotate", "ANN_42", "--json"]).ended(0).json().remove(0);
    assert_eq!((&fresh["id"], &fresh["screen_name"]), (&ann["id"], &ann["screen_name"]));
    let (old, new) = (secrets(&ann), secrets(&fresh));
    assert!(old.iter().all(|secret| !new.contains(secret)));
    check(bearer(&ann)).is(401);
    check(bearer(&fresh)).is(200);
    assert!(user(folder.path(), &["rotate", "ann_42"]).ended(0).stdout.contains("the former are refused"));
    check(bearer(&fresh)).is(401);
    server.stopped();
}

#[test]
fn suspended_and_removed_users_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let (ann, bob) = (add_user(folder.path(), "ann", &[]), add_user(folder.path(), "bob", &["--read-only"]));
    let status = |user: &Value| server.upload(bearer(user), "", b"").status;
    assert_eq!((status(&ann), status(&bob)), (400, 403));

    let run = user(folder.path(), &["suspend", "ann"]).ended(0);
    assert!(run.stdout.starts_with("User ann (id 1) is suspended"), "{}", run.stdout);
    assert_eq!(status(&ann), 403);
    let list = user(folder.path(), &["list"]).ended(0).stdout;
    assert_eq!(list, "id  screen name  name\n 1  ann          ann   suspended\n 2  bob          bob\n");
    let json = user(folder.path(), &["suspend", "ann", "--undo", "--json"]).ended(0).json().remove(0);
    assert_eq!(json, serde_json::json!({"id": 1, "screen_name": "ann", "name": "ann", "suspended": false}));
    assert_eq!(status(&ann), 400);

    let run = user(folder.path(), &["remove", "ann"]).ended(0);
    assert!(run.stdout.starts_with("Removed user ann (id 1): tokens, banner and uploads are gone."), "{}", run.stdout);
    assert_eq!(status(&ann), 401);
    assert_eq!(user(folder.path(), &["list", "--json"]).ended(0).json().len(), 1);
    // The name is free, the number is not.
    assert_eq!(add_user(folder.path(), "ann", &[])["id"], 3);
    server.stopped();
}

#[test]
fn an_application_is_shared() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| add_user(folder.path(), name, &["--application", "Newsroom"]);
    let (ann, bob) = (of("ann"), of("bob"));
    assert_eq!(ann["consumer_key"], bob["consumer_key"]);
    assert_eq!(ann["consumer_secret"], bob["consumer_secret"]);
    assert_ne!(ann["access_token"], bob["access_token"]);
    let run = user(folder.path(), &["add", "eve", "--application", "Newsroom", "--read-only"]).ended(1);
    assert_eq!(run.stderr, "masthead: application \"Newsroom\" is there already, and can write\n");
    // The line to try is one that will work.
    for arguments in [&["add", "eve", "--read-only"][..], &["rotate", "eve"]] {
        let reader = user(folder.path(), arguments).ended(0).stdout;
        assert!(reader.ends_with("/1.1/account/verify_credentials.json\n") && !reader.contains("banner=@"), "{reader}");
    }
}

#[test]
fn refusals_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for name in ["", "ann lee", "ann-lee", "änn", &"a".repeat(51)] {
        let run = user(&data, &["add", name]).ended(2);
        assert!(run.stderr.contains("expected 1 to 50 ASCII letters, digits and underscores"), "{}", run.stderr);
    }
    let run = user(&data, &["add", "ann", "--name", "a\nb"]).ended(2);
    assert!(run.stderr.contains("expected 1 to 50 characters on one line"), "{}", run.stderr);
    assert!(user(&data, &["add", "ann", "--url", "x"]).ended(2).stderr.contains("expected https://HOST"));
    assert!(!data.exists());

    add_user(&data, "ann", &[]);
    assert_eq!(user(&data, &["add", "ANN"]).ended(1).stderr, "masthead: screen name \"ANN\" is taken\n");
    for command in ["rotate", "suspend", "remove"] {
        let run = user(&data, &[command, "bob"]).ended(1);
        assert_eq!(run.stderr, format!("masthead: no user named \"bob\" in {}\n", data.display()));
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn only_adding_makes_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for arguments in [&["list"][..], &["rotate", "ann"], &["suspend", "ann"], &["remove", "ann"]] {
        for data in [&missing, &folder.path().to_owned()] {
            let run = user(data, arguments).ended(1);
            let words = "no server has kept anything in this folder (see --data)";
            assert_eq!(run.stderr, format!("masthead: {}: {words}\n", data.display()));
        }
    }
    assert!(listing(folder.path()).is_empty());

    let mut command = command();
    let added = Run::of(command.args(["user", "add", "ann"]).env("MASTHEAD_DATA", &missing).output().unwrap());
    added.ended(0);
    user(&missing, &["remove", "ann"]).ended(0);
    let run = user(&missing, &["list"]).ended(0);
    assert!(run.stdout.is_empty() && run.stderr.contains("there are no users yet"), "{}", run.stderr);

    // Secrets are nobody else's business.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&missing), mode(&missing.join("masthead.db"))), (0o700, 0o600));
    }
}
