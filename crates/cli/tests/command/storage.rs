//! `masthead backup`, `restore` and `check`, and what the other commands do to a data folder.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, add_user, bearer, user};
use super::*;

/// A command on a data folder.
fn on(data: &Path, arguments: &[&str]) -> Run {
    Run::of(command().args(arguments).arg("--data").arg(data).output().unwrap())
}

/// Uploads the picture, and waits for the banner; the path of its smallest variant.
#[track_caller]
fn publish(server: &Server, bearer: &str, query: &str) -> String {
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    let uploaded = server.upload(bearer, query, &picture);
    assert!(matches!(uploaded.status, 201 | 202), "{}", uploaded.head);
    let url = uploaded.json()["profile_banner_url"].as_str().unwrap().to_owned();
    let path = format!("/{}/300x100", url.splitn(4, '/').nth(3).unwrap());
    until("the banner is made", || server.get(&path).status == 200);
    path
}

#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_backup_of_a_running_server_is_served_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (data, to, new) = (folder.path().join("data"), folder.path().join("backup"), folder.path().join("new"));
    let server = Server::start(&data, &[]);
    let ann = add_user(&data, "ann", &[]);
    let image = publish(&server, bearer(&ann), "");
    let banner = server.get(&image).is(200).body;

    until("the original is deleted", || listing(&data.join("blobs/originals")).is_empty());
    let to_name = to.to_str().unwrap();
    let made = on(&data, &["backup", to_name]).ended(0);
    assert!(
        made.stdout.starts_with("Backed up 1 banner and 0 originals (") && made.stderr.is_empty(),
        "{}",
        made.stdout
    );
    let again = on(&data, &["backup", to_name]).ended(1);
    let words = "is there already: a backup is made in a new folder";
    assert_eq!(again.stderr, format!("masthead: {to_name} {words}\n"));
    assert!(on(&data, &["check"]).ended(0).stdout.ends_with("0 missing, 0 unknown, 0 in quarantine.\n"));
    server.stopped();

    let run = masthead(["serve", "--listen", "127.0.0.1:0", "--data", to_name]).ended(1);
    assert!(
        run.stderr.contains("is a backup: bring it back into another folder with 'masthead restore'"),
        "{}",
        run.stderr
    );
    let run = on(&data, &["restore", to_name]).ended(1);
    let words = "is not empty: a backup is restored into a new folder";
    assert_eq!(run.stderr, format!("masthead: {} {words}\n", data.display()));
    let json = on(&new, &["restore", to_name, "--json"]).ended(0).json().remove(0);
    assert_eq!(json["files"], 1);
    let json = on(&new, &["check", "--json"]).ended(0).json().remove(0);
    assert_eq!((&json["good"], &json["banners"]), (&true.into(), &1.into()));
    let server = Server::start(&new, &[]);
    assert_eq!(server.get(&image).is(200).body, banner);
    server.stopped();
}

#[test]
fn a_folder_whose_database_is_missing_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let ann = add_user(&data, "ann", &[]);
    let image = publish(&server, bearer(&ann), "");
    server.stopped();
    // The reserve is only bytes.
    let left = || listing(&data).into_iter().filter(|name| name != "masthead.db-reserve").collect::<Vec<_>>();
    assert_eq!(left(), ["blobs", "lock", "masthead.db"], "the database is one file");
    let away = folder.path().join("away");
    fs::rename(data.join("masthead.db"), &away).unwrap();

    let words = "the database of these banners is missing or not whole";
    let run = masthead(["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]).ended(1);
    assert!(run.stderr.contains(words) && run.stderr.lines().count() == 1, "{}", run.stderr);
    assert!(user(&data, &["add", "bob"]).ended(1).stderr.contains(words));
    let run = on(&data, &["check"]).ended(1);
    assert!(
        run.stdout.contains("unknown: blobs/banners/") && run.stdout.contains(&format!("no pair: {words}")),
        "{}",
        run.stdout
    );
    assert_eq!(left(), ["blobs", "lock"]);

    fs::rename(&away, data.join("masthead.db")).unwrap();
    let server = Server::start(&data, &[]);
    server.get(&image).is(200);
    server.stopped();
}

#[test]
fn check_says_what_is_wrong_and_accept_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data, &[]);
    let ann = add_user(data, "ann", &[]);
    publish(&server, bearer(&ann), "");
    let run = on(data, &["check", "--accept"]).ended(1);
    assert!(run.stderr.contains("is in use by another server: stop that one, or "), "{}", run.stderr);
    server.stopped();
    let unknown = "00112233445566778899aabbccddeeff";
    fs::write(data.join("blobs/banners").join(unknown), "unknown").unwrap();
    let run = on(data, &["check"]).ended(1);
    assert!(run.stdout.contains(&format!("unknown: blobs/banners/{unknown}\n")), "{}", run.stdout);
    let run = on(data, &["check", "--accept"]).ended(0);
    assert!(run.stdout.starts_with("Moved 1 file that the database does not know into "), "{}", run.stdout);
    assert!(run.stdout.contains("in quarantine: blobs/quarantine/"), "{}", run.stdout);
    Server::start(data, &[]).stopped();
    let nothing = tempfile::tempdir().unwrap();
    let run = on(nothing.path(), &["check"]).ended(1);
    assert!(run.stderr.contains("no server has kept anything in this folder"), "{}", run.stderr);
}

/// Looks as a user who may not, also where the test is run by root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_looked_into_is_not_called_empty() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_user(&data, "ann", &[]);
    let mode = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    mode(0);
    let may_all = fs::read_dir(&data).is_ok();
    for arguments in
        [&["user", "list"][..], &["user", "remove", "ann"], &["check"], &["check", "--accept"], &["backup", "to"]]
    {
        let binary = command();
        let mut looking = Command::new("setpriv");
        looking.args(["--inh-caps=-all", "--bounding-set=-all"]).arg(binary.get_program());
        let mut looking = if may_all { looking } else { binary };
        let run = Run::of(looking.args(arguments).arg("--data").arg(&data).output().unwrap()).ended(1);
        assert!(run.stderr.to_lowercase().contains("permission denied"), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(data.to_str().unwrap()) && run.stdout.is_empty(), "{}", run.stderr);
    }
    mode(0o700);
}

#[test]
fn check_says_how_to_end_what_is_missing_or_no_pair() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data, &[]);
    let ann = add_user(data, "ann", &[]);
    publish(&server, bearer(&ann), "");
    server.stopped();
    let banners = data.join("blobs/banners");
    let banner = listing(&banners).remove(0);
    fs::remove_file(banners.join(&banner)).unwrap();
    let run = on(data, &["check"]).ended(1);
    assert!(run.stdout.starts_with(&format!("missing: blobs/banners/{banner} of user 1\n")), "{}", run.stdout);
    let advice = format!("'masthead user remove-banner NAME --data {}'", data.display());
    assert!(run.stdout.contains(&advice), "{}", run.stdout);
    user(data, &["remove-banner", "ann"]).ended(0);
    on(data, &["check"]).ended(0);

    fs::rename(data.join("blobs"), data.join("away")).unwrap();
    let run = on(data, &["check"]).ended(1);
    let advice = format!(
        "mount the folder 'blobs', or put it back, or restore a backup into another folder with 'masthead restore'; \
         'masthead check --accept --data {}' goes on",
        data.display()
    );
    assert!(run.stdout.contains(&advice), "{}", run.stdout);
    let run = on(data, &["check", "--accept"]).ended(0);
    assert!(run.stdout.contains(" now: a server can start."), "{}", run.stdout);
    Server::start(data, &[]).stopped();
}

/// Who is asked each second whether it is well says so once when it is not, and once when it is again.
#[test]
fn an_outage_is_logged_at_its_begin_and_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data, &[]);
    let ann = add_user(data, "ann", &[]);
    server.ask("/readyz").is(200);
    let (blobs, away) = (data.join("blobs"), data.join("away"));
    fs::rename(&blobs, &away).unwrap();
    until("it is not ready", || server.ask("/readyz").status == 503);
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    server.upload(bearer(&ann), "", &picture).is(503);
    // It looks again after a second.
    thread::sleep(Duration::from_millis(1100));
    server.ask("/readyz").is(503);
    fs::rename(&away, &blobs).unwrap();
    until("it is ready", || server.ask("/readyz").status == 200);
    server.get("/healthz").is(200);
    let log = server.stopped().stderr;
    let lines = |words: &str| log.lines().filter(|line| line.contains(words)).collect::<Vec<_>>();
    let (down, up) = (lines(" not ready part="), lines(" ready again part=\"blobs\""));
    assert!(down.len() == 1 && down[0].contains("ERROR") && down[0].contains("is the folder mounted?"), "{log}");
    assert!(up.len() == 1 && up[0].contains("INFO"), "{log}");
    for never in ["was not deleted", "Generic", "route=\"/healthz\""] {
        assert!(!log.contains(never), "{never} in {log}");
    }
}

#[test]
fn a_banner_is_removed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data, &["--grace", "365d"]);
    let ann = add_user(data, "ann", &[]);
    let images = ["?width=600&height=200", "?width=600&height=200&offset_left=9"]
        .map(|query| publish(&server, bearer(&ann), query));
    for image in &images {
        server.get(image).is(200);
    }
    let run = user(data, &["remove-banner", "ANN"]).ended(0);
    assert!(run.stdout.starts_with("Removed the banner of user ann (id 1), former ones"), "{}", run.stdout);
    for image in &images {
        server.get(image).is(404);
    }
    until("the files are deleted", || listing(&data.join("blobs/banners")).is_empty());
    let run = user(data, &["remove-banner", "ann"]).ended(1);
    assert!(run.stderr.contains("user ann has no banner in "), "{}", run.stderr);
    publish(&server, bearer(&ann), "");
    server.stopped();
}

#[test]
fn listing_users_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    Server::start(data, &[]).stopped();
    add_user(data, "ann", &[]);
    let database = data.join("masthead.db");
    let before = (fs::read(&database).unwrap(), fs::metadata(&database).unwrap().modified().unwrap());
    assert_eq!(user(data, &["list", "--json"]).ended(0).json().len(), 1);
    assert!((fs::read(&database).unwrap(), fs::metadata(&database).unwrap().modified().unwrap()) == before);
    // Nor does it bring anything up to date, such as a file without tables.
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("masthead.db"), "").unwrap();
    user(other.path(), &["list"]).ended(1);
    assert_eq!(fs::metadata(other.path().join("masthead.db")).unwrap().len(), 0);
}

/// The collector had no pause then, and took a fifth of a core.
#[cfg(target_os = "linux")]
#[test]
fn without_a_time_of_grace_a_server_rests_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--grace", "0"]);
    let stat = format!("/proc/{}/stat", server.id());
    let hundredths = || -> u64 {
        let stat = fs::read_to_string(&stat).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    };
    thread::sleep(Duration::from_millis(500));
    let before = hundredths();
    thread::sleep(Duration::from_secs(3));
    let spent = hundredths() - before;
    assert!(spent <= 15, "{spent} hundredths of a second in 3 s");
    server.stopped();
}
