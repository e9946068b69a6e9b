//! The demo's sites: for each a collector process of its own, behind a relay that plays the
//! site's way to the centre.
//!
//! **Room:** layer 3. **May use:** `tw-sim`, `tw-server`.

use super::Demo;
use anyhow::{Context, anyhow};
use std::{
    collections::BTreeMap,
    env, fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::Stdio,
};
use tokio::process::{Child, Command};
use tw_api::{Role, Scope, TokenCreate, TokenSpec};
use tw_server::Offline;
use tw_sim::{running::SiteRelay, traps::TrapSenders, world::World};
use tw_units::SiteId;

/// The running sites; their processes end with this.
pub(super) struct Sites {
    relays: Vec<SiteRelay>,
    collectors: Vec<Child>,
    traps_sent: TrapSenders,
}

/// Starts a relay and a collector for each site that has one.
pub(super) async fn start(demo: &Demo, world: &World, centre: SocketAddr) -> anyhow::Result<Sites> {
    let offline = Offline::open(&demo.centre_data(), demo.wall.clone())?;
    let mut sites = Sites {
        relays: Vec::new(),
        collectors: Vec::new(),
        traps_sent: TrapSenders::default(),
    };
    let mut listeners = BTreeMap::new();
    for site in demo.register.sites.values() {
        let Some(collector) = &site.collector else {
            continue;
        };
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let relay = world.spawn_relay(&site.id, any, centre).await?;
        let token = TokenCreate {
            spec: TokenSpec {
                name: format!("collector of {}", site.id),
                role: Role::Collector,
                scope: Scope::All,
                collector: Some(collector.id.to_string()),
            },
            expires_days: None,
        };
        let token = offline.create_token(token).await?.secret;
        let folder = demo.data.join("collectors").join(site.id.as_str());
        let traps = free_port().context("no free port for the traps of a site")?;
        let settings = Written {
            centre: relay.address(),
            token: &token,
            traps,
        };
        write_files(&folder, &site.id, &settings).with_context(|| {
            format!("cannot write the settings of the collector of {}", site.id)
        })?;
        sites.collectors.push(spawn(&folder, demo.offset_ms)?);
        sites.relays.push(relay);
        listeners.insert(site.id.clone(), traps);
    }
    sites.traps_sent = world.spawn_traps(&listeners, super::COMMUNITY).await?;
    Ok(sites)
}

/// A port of this machine that nobody has now; the collector takes it a moment later.
fn free_port() -> std::io::Result<SocketAddr> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// What a collector's settings say.
struct Written<'a> {
    centre: SocketAddr,
    token: &'a str,
    traps: SocketAddr,
}

fn write_files(folder: &Path, site: &SiteId, said: &Written<'_>) -> anyhow::Result<()> {
    use std::io::Write as _;
    fs::create_dir_all(folder)?;
    let token_file = folder.join("token");
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o400)
        .open(&token_file)?
        .write_all(said.token.as_bytes())?;
    // JSON is YAML.
    let settings = serde_json::json!({
        "site": site,
        "centre": format!("http://{}", said.centre),
        "token_file": token_file,
        "data": folder.join("data"),
        "traps": said.traps,
    });
    fs::write(folder.join("collect.yaml"), settings.to_string())?;
    Ok(())
}

/// This program again, as the collector.
#[expect(
    clippy::disallowed_methods,
    reason = "starts this very program; no data in the arguments"
)]
fn spawn(folder: &Path, offset_ms: i64) -> anyhow::Result<Child> {
    let program = env::current_exe().context("cannot find this program's file")?;
    let log = fs::File::create(folder.join("log"))?;
    Command::new(program)
        .arg("collect")
        .arg("--config")
        .arg(folder.join("collect.yaml"))
        .arg("--clock-offset-ms")
        .arg(offset_ms.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| anyhow!("cannot start a collector: {cause}"))
}
