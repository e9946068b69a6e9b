//! Makes sure that there is a console to embed: before the console was built, a page that says
//! so.
//!
//! **Room:** build script. **May use:** nothing of ours. **Must not:** overwrite a built console.

use std::path::Path;

const NOTICE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<title>Tierwatch</title><p>The console was not built into this program. \
Build it with <code>make console</code> and build the program again; \
the API at <a href=\"/api/v1/openapi.json\">/api/v1</a> works.</p></html>\n";

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards/console/build");
    let index = folder.join("index.html");
    if !index.exists() {
        // A read-only source tree without a console cannot be embedded from: say so at once.
        std::fs::create_dir_all(&folder).expect("dashboards/console/build can be made");
        std::fs::write(&index, NOTICE).expect("dashboards/console/build can be written to");
    }
    println!("cargo::rerun-if-changed={}", folder.display());
}
