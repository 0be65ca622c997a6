//! The page is embedded from `web/dist`; a build without Node embeds none.

fn main() {
    println!("cargo::rerun-if-changed=../web/dist");
    std::fs::create_dir_all("../web/dist").expect("the folder of the built page can be made");
}
