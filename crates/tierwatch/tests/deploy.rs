//! The files of `deploy/` and the first steps of the documentation are read by the program that
//! they are for.
//!
//! **Room:** layer 3; tests.

use std::{fs, path::PathBuf};
use tw_server::Settings;

fn root(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

#[test]
fn the_example_of_the_centre_is_read_as_it_is_and_with_everything_switched_on() {
    let text = fs::read_to_string(root("deploy/examples/serve.yaml")).unwrap();
    let plain: Settings = tw_config::parse_settings("serve.yaml", &text).unwrap();
    assert_eq!(plain.listen.port(), 8420);
    assert!(plain.validate().is_empty());
    let switched_on: String = text
        .lines()
        .map(|line| {
            let offered = ["# tls:", "# notify:", "#  "]
                .iter()
                .any(|start| line.starts_with(start));
            let line = if offered {
                line.strip_prefix("# ").unwrap_or(line)
            } else {
                line
            };
            format!("{line}\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let all: Settings = tw_config::parse_settings("serve.yaml", &switched_on).unwrap();
    assert!(all.tls.is_some());
    assert_eq!(all.notify.channels.len(), 2);
}

#[test]
fn the_first_site_of_the_documentation_is_a_good_inventory() {
    let text = fs::read_to_string(root("docs/en/first-site.md")).unwrap();
    let blocks: Vec<&str> = text
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2, "the organisation and the site");
    let folder = tempfile::tempdir().unwrap();
    for (at, block) in blocks.iter().enumerate() {
        fs::write(folder.path().join(format!("{at}.yaml")), block).unwrap();
    }
    let inventory = tw_config::load(folder.path()).unwrap_or_else(|cause| panic!("{cause}"));
    assert_eq!(inventory.register.devices.len(), 1);
}
