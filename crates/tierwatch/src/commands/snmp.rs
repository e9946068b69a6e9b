//! `tierwatch snmp`: asks one agent and prints what it says.
//!
//! **Room:** layer 3. **May use:** `tw-snmp`, `tw-collect`.

mod view;

use crate::outcome::{Failure, Outcome, say, say_json};
use clap::{Args, Subcommand, ValueEnum, builder::RangedU64ValueParser};
use std::{fmt, str::FromStr, time::Duration};
use tw_collect::client::{Client, Collected, Credential, Limits, Target};
use tw_snmp::{
    Oid, names,
    v3::{AuthProtocol, PrivProtocol, User},
    walk::REPETITIONS_MAX,
};

/// What to ask.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the values of these instances.
    #[command(disable_version_flag = true)]
    Get(Get),
    /// Print everything below these objects.
    #[command(disable_version_flag = true)]
    Walk(Walk),
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    agent: Agent,
    /// Instances: numbers as 1.3.6.1.2.1.1.3.0 or standard names as sysUpTime.0.
    #[arg(value_name = "OID", required = true, value_parser = read_oid)]
    oids: Vec<Oid>,
}

#[derive(Debug, Args)]
pub(crate) struct Walk {
    #[command(flatten)]
    agent: Agent,
    /// Subtrees: numbers as 1.3.6.1.2.1.2 or standard names as ifDescr.
    #[arg(value_name = "OID", default_value = "1.3.6.1.2.1", value_parser = read_oid)]
    oids: Vec<Oid>,
}

/// Where the agent is and how we identify ourselves. Secrets given on the command line can be
/// seen by other users of this machine; in the environment they cannot.
#[derive(Debug, Args)]
struct Agent {
    /// Host name or address, with a port if it is not 161: router1, 192.0.2.1:1161,
    /// [2001:db8::1]:1161.
    #[arg(value_name = "TARGET")]
    target: Target,
    /// 1, 2c or 3; without it, 3 when a user is named and 2c otherwise.
    #[arg(long, value_enum)]
    version: Option<VersionArg>,
    /// Community of v1 and v2c.
    #[arg(long, env = "TW_SNMP_COMMUNITY", hide_env_values = true)]
    community: Option<Secret>,
    /// User of v3.
    #[arg(long, value_name = "USER")]
    v3_user: Option<String>,
    /// Authentication: md5, sha1, sha224, sha256, sha384, sha512.
    #[arg(long, value_name = "PROTOCOL")]
    v3_auth: Option<AuthProtocol>,
    /// Authentication password.
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "TW_SNMP_AUTH_PASS",
        hide_env_values = true
    )]
    v3_auth_pass: Option<Secret>,
    /// Privacy: des, aes128, aes192, aes256 (as net-snmp), aes192c, aes256c (as Cisco).
    #[arg(long, value_name = "PROTOCOL")]
    v3_priv: Option<PrivProtocol>,
    /// Privacy password.
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "TW_SNMP_PRIV_PASS",
        hide_env_values = true
    )]
    v3_priv_pass: Option<Secret>,
    /// Context of the agent.
    #[arg(
        long,
        value_name = "CONTEXT",
        default_value = "",
        hide_default_value = true
    )]
    v3_context: String,
    /// How long one request waits for its answer.
    #[arg(long, default_value = "2", value_parser = read_seconds)]
    timeout_seconds: Duration,
    /// How many times a request is sent again.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=20))]
    retries: u32,
    /// How many rows one GETBULK asks for at first.
    #[arg(long, default_value_t = 25, value_parser = RangedU64ValueParser::<u16>::new().range(1..=u64::from(REPETITIONS_MAX)))]
    max_repetitions: u16,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VersionArg {
    #[value(name = "1")]
    V1,
    #[value(name = "2c")]
    V2c,
    #[value(name = "3")]
    V3,
}

/// A text that is not shown.
#[derive(Clone)]
struct Secret(String);

impl FromStr for Secret {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Asks and prints.
pub(crate) fn run(command: Command) -> Outcome {
    let (agent, oids, walk) = match command {
        Command::Get(Get { agent, oids }) => (agent, oids, false),
        Command::Walk(Walk { agent, oids }) => (agent, oids, true),
    };
    let credential = agent.credential()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let collected = runtime.block_on(ask(&agent, &credential, &oids, walk))?;
    let answer = view::Answer::of(&collected);
    if agent.json {
        say_json(&answer)?;
    } else {
        say(answer.table());
    }
    if collected.varbinds.is_empty() && !collected.problems.is_empty() {
        let why = view::sentence(&collected.problems);
        return Err(Failure::CouldNot(anyhow::anyhow!(
            "{} gave no value: {why}",
            agent.target
        )));
    }
    Ok(())
}

/// Asks the addresses of the target one after the other, until one answers.
async fn ask(
    agent: &Agent,
    credential: &Credential,
    oids: &[Oid],
    walk: bool,
) -> Result<Collected, Failure> {
    let addresses = agent.target.resolve().await.map_err(anyhow::Error::from)?;
    let limits = Limits {
        timeout: agent.timeout_seconds,
        retries: agent.retries,
        max_repetitions: agent.max_repetitions,
        ..Limits::default()
    };
    let mut collected = Collected::default();
    for address in addresses {
        let mut client = match Client::connect(address, credential, limits).await {
            Ok(client) => client,
            Err(cause) => {
                collected.problems.push(cause.into());
                continue;
            }
        };
        let heard = if walk {
            walk_all(&mut client, oids).await
        } else {
            client.get(oids).await
        };
        if client.has_answered() {
            return Ok(heard);
        }
        collected.problems.extend(heard.problems);
    }
    Ok(collected)
}

async fn walk_all(client: &mut Client, oids: &[Oid]) -> Collected {
    let mut all = Collected::default();
    for oid in oids {
        let heard = client.walk(oid).await;
        all.varbinds.extend(heard.varbinds);
        all.problems.extend(heard.problems);
        if !client.has_answered() {
            break;
        }
    }
    all
}

impl Agent {
    fn credential(&self) -> Result<Credential, Failure> {
        let version = match (self.version, &self.v3_user) {
            (Some(version), _) => version,
            (None, Some(_)) => VersionArg::V3,
            (None, None) => VersionArg::V2c,
        };
        if version == VersionArg::V3 {
            return self.v3_credential();
        }
        if self.v3_user.is_some() {
            return Err(Failure::input("--v3-user needs --version 3, or none"));
        }
        let Some(Secret(community)) = &self.community else {
            return Err(Failure::input(
                "no credential: give --community or set TW_SNMP_COMMUNITY, or name a --v3-user",
            ));
        };
        Ok(match version {
            VersionArg::V1 => Credential::v1(community),
            _ => Credential::v2c(community),
        })
    }

    fn v3_credential(&self) -> Result<Credential, Failure> {
        let Some(name) = &self.v3_user else {
            return Err(Failure::input("--version 3 needs --v3-user"));
        };
        let auth = pair(self.v3_auth, self.v3_auth_pass.as_ref(), "auth")?;
        let privacy = pair(self.v3_priv, self.v3_priv_pass.as_ref(), "priv")?;
        let user = User::new(name, auth, privacy).map_err(Failure::input)?;
        Ok(Credential::User {
            user,
            context_name: self.v3_context.as_bytes().to_vec(),
        })
    }
}

/// A protocol with its password. One without the other would silently protect less than what
/// was wanted, so it is refused.
fn pair<'a, P: fmt::Display>(
    protocol: Option<P>,
    secret: Option<&'a Secret>,
    word: &str,
) -> Result<Option<(P, &'a str)>, Failure> {
    match (protocol, secret) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Failure::input(format!(
            "a password is given by --v3-{word}-pass or TW_SNMP_{}_PASS, and no --v3-{word}",
            word.to_uppercase()
        ))),
        (Some(protocol), Some(Secret(secret))) => Ok(Some((protocol, secret))),
        (Some(protocol), None) => Err(Failure::input(format!(
            "--v3-{word} {protocol} needs --v3-{word}-pass or TW_SNMP_{}_PASS",
            word.to_uppercase()
        ))),
    }
}

fn read_oid(text: &str) -> Result<Oid, String> {
    names::oid_of(text).map_or_else(|| text.parse().map_err(|why| format!("{why}")), Ok)
}

fn read_seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.001..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "write seconds from 0.001 to 3600".to_owned())
}
