//! What `masthead user` prints.

use masthead_server::{Credentials, PublicUrl, User};
use serde::Serialize;

use crate::outcome::Outcome;
use crate::print::{Stdout, complain};

/// What was done.
pub(super) enum Report {
    /// A user was added to the folder of this name.
    Added(Signing, String),
    /// These users are there; the option that another command needs to find them.
    List(Vec<User>, String),
    /// A user has new secrets.
    Rotated(Signing),
    /// A user was suspended, or is no longer.
    Suspended(User),
    /// The banners of a user are gone.
    BannerRemoved(User),
    /// A user is gone.
    Removed(User),
}

/// What a user signs in with.
pub(super) struct Signing {
    pub(super) user: User,
    pub(super) credentials: Credentials,
    /// Where the server is.
    pub(super) url: PublicUrl,
    /// Whether it is good for uploads.
    pub(super) can_write: bool,
}

/// A user as JSON.
#[derive(Serialize)]
struct JsonUser<'a> {
    id: i64,
    screen_name: &'a str,
    name: &'a str,
    suspended: bool,
}

/// A user and their secrets as JSON.
#[derive(Serialize)]
struct JsonSigning<'a> {
    #[serde(flatten)]
    user: JsonUser<'a>,
    consumer_key: &'a str,
    consumer_secret: &'a str,
    access_token: &'a str,
    access_token_secret: &'a str,
    bearer_token: &'a str,
}

impl Report {
    pub(super) fn print(&self, json: bool) -> Outcome {
        let mut stdout = Stdout::new();
        match self {
            Self::Added(signing, _) | Self::Rotated(signing) if json => stdout.json(&JsonSigning::from(signing)),
            Self::Suspended(user) | Self::BannerRemoved(user) | Self::Removed(user) if json => stdout.json(&JsonUser::from(user)),
            Self::List(users, _) if json => users.iter().for_each(|user| stdout.json(&JsonUser::from(user))),
            Self::Added(signing, data) => {
                stdout.line(format_args!("Added user {} to {data}.\n", called(&signing.user)));
                stdout.text(&signing.in_words());
            }
            Self::Rotated(signing) => {
                stdout.line(format_args!("User {} has new secrets; the former are refused.\n", called(&signing.user)));
                stdout.text(&signing.in_words());
            }
            Self::Suspended(user) if user.suspended => stdout.line(format_args!(
                "User {} is suspended: requests are refused, and the banner stays.\n\
                 'masthead user suspend --undo' ends that.",
                called(user)
            )),
            Self::Suspended(user) => stdout.line(format_args!("User {} is no longer suspended.", called(user))),
            Self::BannerRemoved(user) => stdout.line(format_args!(
                "Removed the banner of user {}, former ones and uploads in work with it: they cannot be fetched any more. A server \
                 that runs deletes their files within seconds.",
                called(user)
            )),
            Self::Removed(user) => stdout.line(format_args!(
                "Removed user {}: tokens, banner and uploads are gone. A server that runs deletes their files within seconds.",
                called(user)
            )),
            Self::List(users, data) if users.is_empty() => {
                complain(&format!("there are no users yet: add one with 'masthead user add NAME{data}'"));
            }
            Self::List(users, _) => stdout.text(&table(users)),
        }
        stdout.finish()
    }
}

/// How a user is spoken of.
fn called(user: &User) -> String {
    format!("{} (id {})", user.screen_name, user.id)
}

fn table(users: &[User]) -> String {
    let number = users.iter().map(|user| user.id.to_string().len()).max().unwrap_or_default().max(2);
    let width = |field: fn(&User) -> &str, title: &str| {
        users.iter().map(|user| field(user).chars().count()).max().unwrap_or_default().max(title.len())
    };
    let screen_name = width(|user| &user.screen_name, "screen name");
    let name = width(|user| &user.name, "name");
    let row = |a: &str, b: &str, c: &str, d: &str| {
        format!("{a:>number$}  {b:<screen_name$}  {c:<name$}  {d}").trim_end().to_owned() + "\n"
    };
    let rows = users.iter().map(|user| {
        row(&user.id.to_string(), &user.screen_name, &user.name, if user.suspended { "suspended" } else { "" })
    });
    row("id", "screen name", "name", "") + &rows.collect::<String>()
}

impl Signing {
    fn in_words(&self) -> String {
        let Self { credentials, url, .. } = self;
        let rows = [
            ("consumer key", &credentials.consumer_key),
            ("consumer secret", &credentials.consumer_secret),
            ("access token", &credentials.token),
            ("access token secret", &credentials.token_secret),
            ("bearer token", &credentials.bearer),
        ];
        let rows: String = rows.iter().map(|(name, value)| format!("  {name:<19}  {value}\n")).collect();
        let (what, form, call) = match self.can_write {
            true => ("Upload a banner:", " -F banner=@photo.jpg", "update_profile_banner"),
            false => ("Try it:", "", "verify_credentials"),
        };
        let bearer = &credentials.bearer;
        format!(
            "{rows}\nKeep them now: they cannot be shown again.\n\n\
             {what}\n  curl -H \"Authorization: Bearer {bearer}\"{form} {url}/1.1/account/{call}.json\n"
        )
    }
}

impl<'a> From<&'a User> for JsonUser<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: user.id.0, screen_name: &user.screen_name, name: &user.name, suspended: user.suspended }
    }
}

impl<'a> From<&'a Signing> for JsonSigning<'a> {
    fn from(signing: &'a Signing) -> Self {
        let credentials = &signing.credentials;
        Self {
            user: JsonUser::from(&signing.user),
            consumer_key: &credentials.consumer_key,
            consumer_secret: &credentials.consumer_secret,
            access_token: &credentials.token,
            access_token_secret: &credentials.token_secret,
            bearer_token: &credentials.bearer,
        }
    }
}
