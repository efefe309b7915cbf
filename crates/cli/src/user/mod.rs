//! `masthead user`.

mod report;

use clap::Subcommand;
use masthead_server::{
    Credentials, NewUser, PublicUrl, SqliteStore, Store, StoreError, Time, User, UserKey, database, database_to_read,
    has_database,
};

use self::report::{Report, Signing};
use crate::data::{DataArgs, block_on, not_opened};
use crate::outcome::Outcome;

/// Look after the users of a server.
///
/// All of it works on the server's data folder, while a server is running or not, and holds for the next request.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct UserArgs {
    #[command(subcommand)]
    command: Command,
}

/// Users that are listed in one go.
const PAGE: u32 = 1000;

const EXAMPLES: &str = "\
Examples:
  masthead user add ann --name 'Ann Lee'      print what Ann signs in with, and a curl line
  masthead user list
  masthead user suspend ann                   refuse her requests, until --undo
  masthead user remove-banner ann             take her banner from the net at once; she may upload another

Exit code: 0 when it was done; 1 when it failed, as for a user who is not there; 2 when the command line is wrong.";

#[derive(Subcommand)]
enum Command {
    Add(AddArgs),
    /// List all users
    List(ListArgs),
    /// Replace the secrets of a user by new ones; the former are refused from now on
    Rotate(RotateArgs),
    /// Refuse a user's requests; their banner stays
    Suspend(SuspendArgs),
    /// Remove a user's banner at once, former ones that could still be fetched too, and uploads in work
    RemoveBanner(RemoveArgs),
    /// Remove a user, their tokens, banner and uploads
    Remove(RemoveArgs),
}

/// Add a user, and print what they sign in with.
///
/// Consumer key and secret, access token and secret are for client libraries (OAuth 1.0a); the bearer token is for curl.
/// They are printed this once: of the bearer token the server keeps only a digest.
#[derive(clap::Args)]
#[command(after_help = ADD_EXAMPLES, after_long_help = ADD_EXAMPLES)]
struct AddArgs {
    /// The name in addresses: 1 to 50 ASCII letters, digits and underscores
    #[arg(value_name = "NAME", value_parser = parse_screen_name)]
    screen_name: String,

    /// The name that people read, up to 50 characters [default: NAME]
    #[arg(long, value_name = "FULL NAME", value_parser = parse_text)]
    name: Option<String>,

    /// Make the token one of this application, whose consumer key and secret its users share; it is made if it is not there
    /// [default: an application of the user's own]
    #[arg(long, value_name = "APPLICATION", value_parser = parse_text)]
    application: Option<String>,

    /// The application may look, but not upload or remove banners
    #[arg(long)]
    read_only: bool,

    #[command(flatten)]
    place: PlaceArgs,
}

const ADD_EXAMPLES: &str = "\
Examples:
  masthead user add ann
  masthead user add ann --name 'Ann Lee' --url https://banners.example.com
  masthead user add bob --application Newsroom --json > bob.json";

#[derive(clap::Args)]
struct ListArgs {
    #[command(flatten)]
    shared: SharedArgs,
}

#[derive(clap::Args)]
struct RotateArgs {
    #[command(flatten)]
    who: WhoArgs,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(clap::Args)]
struct SuspendArgs {
    #[command(flatten)]
    who: WhoArgs,

    /// Accept their requests again
    #[arg(long)]
    undo: bool,

    #[command(flatten)]
    shared: SharedArgs,
}

#[derive(clap::Args)]
struct RemoveArgs {
    #[command(flatten)]
    who: WhoArgs,

    #[command(flatten)]
    shared: SharedArgs,
}

#[derive(clap::Args)]
struct WhoArgs {
    /// The user's name in addresses, in upper or lower case
    #[arg(value_name = "NAME")]
    screen_name: String,
}

/// Of commands that print a curl line.
#[derive(clap::Args)]
struct PlaceArgs {
    /// Where the server is reached, for the curl line
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = PublicUrl::new)]
    url: PublicUrl,

    #[command(flatten)]
    shared: SharedArgs,
}

/// Of all commands.
#[derive(clap::Args)]
struct SharedArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Print JSON, one object a line for each user
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &UserArgs) -> Outcome {
    block_on(async { Ok(args.command.run().await?.print(args.command.shared().json)) })
}

impl Command {
    fn shared(&self) -> &SharedArgs {
        match self {
            Self::Add(args) => &args.place.shared,
            Self::List(args) => &args.shared,
            Self::Rotate(args) => &args.place.shared,
            Self::Suspend(args) => &args.shared,
            Self::RemoveBanner(args) | Self::Remove(args) => &args.shared,
        }
    }

    async fn run(&self) -> Result<Report, String> {
        let data = &self.shared().data;
        let opened = |error| not_opened(&error);
        if !matches!(self, Self::Add(_)) && !has_database(&data.folder).map_err(opened)? {
            return Err(data.empty());
        }
        let store = match self {
            Self::List(_) => database_to_read(&data.folder).await,
            _ => database(&data.folder).await,
        };
        let store = store.map_err(opened)?;
        let done = self.run_on(&store).await;
        store.close().await;
        done
    }

    async fn run_on(&self, store: &SqliteStore) -> Result<Report, String> {
        let data = &self.shared().data;
        let failed = |error: StoreError| match error {
            StoreError::Conflict(message) => message,
            error => format!("{}: {error}", data.shown()),
        };
        let missing = |name: &str| format!("no user named {name:?} in {}", data.shown());
        let find = async |WhoArgs { screen_name }: &WhoArgs| {
            let found = store.user(&UserKey::ScreenName(screen_name.clone())).await.map_err(failed)?;
            found.ok_or_else(|| missing(screen_name))
        };
        match self {
            Self::Add(args) => {
                let new = NewUser {
                    screen_name: args.screen_name.clone(),
                    name: args.name.clone().unwrap_or_else(|| args.screen_name.clone()),
                    application: args.application.clone(),
                    can_write: !args.read_only,
                };
                let added = store.add_user(&new, &Credentials::random(), Time::now()).await;
                let (user, credentials) = added.map_err(failed)?;
                let signing = Signing { user, credentials, url: args.place.url.clone(), can_write: !args.read_only };
                Ok(Report::Added(signing, data.shown()))
            }
            Self::List(_) => {
                let mut users: Vec<User> = Vec::new();
                loop {
                    let page = store.users(users.last().map(|last| last.id), PAGE).await.map_err(failed)?;
                    let last = page.len() < PAGE as usize;
                    users.extend(page);
                    if last {
                        return Ok(Report::List(users, data.option()));
                    }
                }
            }
            Self::Rotate(args) => {
                let user = find(&args.who).await?;
                let rotated = store.rotate(user.id, &Credentials::random()).await.map_err(failed)?;
                // Somebody may have removed them since they were found.
                let credentials = rotated.ok_or_else(|| missing(&args.who.screen_name))?;
                let grant =
                    store.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.map_err(failed)?;
                let can_write = grant.is_some_and(|grant| grant.can_write);
                Ok(Report::Rotated(Signing { user, credentials, url: args.place.url.clone(), can_write }))
            }
            Self::Suspend(args) => {
                let user = find(&args.who).await?;
                let found = store.set_suspended(user.id, !args.undo).await.map_err(failed)?;
                let user = User { suspended: !args.undo, ..user };
                found.then_some(Report::Suspended(user)).ok_or_else(|| missing(&args.who.screen_name))
            }
            Self::RemoveBanner(args) => {
                let user = find(&args.who).await?;
                match store.purge_banners(user.id).await.map_err(failed)? {
                    true => Ok(Report::BannerRemoved(user)),
                    false => Err(format!("user {} has no banner in {}", user.screen_name, data.shown())),
                }
            }
            Self::Remove(args) => {
                let user = find(&args.who).await?;
                let found = store.remove_user(user.id).await.map_err(failed)?;
                found.then_some(Report::Removed(user)).ok_or_else(|| missing(&args.who.screen_name))
            }
        }
    }
}

fn parse_screen_name(value: &str) -> Result<String, &'static str> {
    let accepted = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !(1..=50).contains(&value.len()) || !value.bytes().all(accepted) {
        return Err("expected 1 to 50 ASCII letters, digits and underscores");
    }
    Ok(value.to_owned())
}

fn parse_text(value: &str) -> Result<String, &'static str> {
    if value.trim().is_empty() || value.chars().count() > 50 || value.chars().any(char::is_control) {
        return Err("expected 1 to 50 characters on one line");
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let long = "a".repeat(51);
        for good in ["a", "Ann_Lee_42", "_", "7", &long[1..]] {
            assert!(parse_screen_name(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "ann lee", "ann-lee", "änn", "a/b", "ann\n", &long] {
            assert!(parse_screen_name(bad).is_err(), "{bad}");
        }
        assert!(parse_text("Ännchen von Tharau").is_ok());
        for bad in ["", "  ", "a\nb", "\u{1b}[31m", &long] {
            assert!(parse_text(bad).is_err(), "{bad}");
        }
    }
}
