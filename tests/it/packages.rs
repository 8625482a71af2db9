//! The packages for npm and Python, which are tested from their packed form by `tests/packages`: their versions.

#[test]
fn packages_have_the_version_of_the_binary() {
    let version = env!("CARGO_PKG_VERSION");
    let npm: serde_json::Value =
        serde_json::from_str(include_str!("../../packages/npm/package.json")).unwrap();
    assert_eq!(npm["version"], version);
    let python = include_str!("../../packages/python/pyproject.toml");
    assert!(python.contains(&format!("\nversion = \"{version}\"\n")));
    // README names the files that packing makes.
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("# chatctl-{version}.tgz")));
    assert!(readme.contains(&format!("# chatctl-{version}-")));
}
