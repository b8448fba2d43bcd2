//! What the program is made of: the crates that are linked into it, from `cargo metadata` and `Cargo.lock`,
//! as a bill of materials (CycloneDX) and as the texts of their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Failure;
use crate::dist::answer;
use crate::process::cargo;

/// The package that is shipped.
const PROGRAM: &str = "adieu-cli";

/// Licences that a text of our own stands for, where a crate brings none.
const STANDARD: [&str; 2] = ["MIT", "Apache-2.0"];

/// The crates of the program.
pub(crate) struct Bill {
    packages: Vec<Package>,
    /// This project's own texts, for crates that name a licence and bring no text.
    own_texts: BTreeMap<&'static str, String>,
}

struct Package {
    name: String,
    version: String,
    licence: String,
    directory: PathBuf,
    authors: Vec<String>,
    /// SHA-256 of the crate as it was downloaded; none for our own.
    sum: Option<String>,
    needs: Vec<String>,
}

impl Package {
    /// The package's address, as bills of materials name it.
    fn address(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

impl Bill {
    /// Reads what is linked into the program for a target; what only builds or tests it is left out.
    pub(crate) fn read(root: &Path, target: &str) -> Result<Self, Failure> {
        let text = answer(
            cargo(root)
                .args(["metadata", "--locked", "--format-version", "1"])
                .args(["--filter-platform", target]),
        )?;
        let sums = sums(&fs::read_to_string(root.join("Cargo.lock"))?);
        let packages = packages(&serde_json::from_str(&text)?, &sums)?;
        let mut own_texts = BTreeMap::new();
        for (licence, file) in STANDARD.into_iter().zip(["LICENSE-MIT", "LICENSE-APACHE"]) {
            own_texts.insert(licence, fs::read_to_string(root.join(file))?);
        }
        Ok(Self {
            packages,
            own_texts,
        })
    }

    /// The bill of materials, CycloneDX 1.5. It has no time and no random number: the same crates give the
    /// same bytes.
    pub(crate) fn as_cyclonedx(&self) -> Result<String, Failure> {
        let component = |package: &Package| {
            let mut component = json!({
                "type": if package.name == PROGRAM { "application" } else { "library" },
                "bom-ref": package.address(),
                "name": package.name,
                "version": package.version,
                "licenses": [{ "expression": package.licence }],
                "purl": package.address(),
            });
            if let Some(sum) = &package.sum {
                component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
            }
            component
        };
        let (own, others): (Vec<&Package>, Vec<&Package>) = self
            .packages
            .iter()
            .partition(|package| package.name == PROGRAM);
        let others: Vec<Value> = others.into_iter().map(component).collect();
        let dependencies: Vec<Value> = self
            .packages
            .iter()
            .map(|package| json!({ "ref": package.address(), "dependsOn": package.needs }))
            .collect();
        let mut text = serde_json::to_string_pretty(&json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": { "component": own.first().map(|package| component(package)) },
            "components": others,
            "dependencies": dependencies,
        }))?;
        text.push('\n');
        Ok(text)
    }

    /// The licence of every crate with its text; equal texts stand once, below the crates that have them.
    ///
    /// # Errors
    /// A crate brings no text, and names no licence whose text is known here.
    pub(crate) fn licence_texts(&self) -> Result<String, Failure> {
        let mut by_text: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in &self.packages {
            let title = format!("{} {} ({})", package.name, package.version, package.licence);
            let mut texts = texts_in(&package.directory)?;
            if texts.is_empty() {
                texts.push(self.standard_text(package)?);
            }
            for text in texts {
                by_text.entry(text).or_default().insert(title.clone());
            }
        }
        let mut all: Vec<(BTreeSet<String>, String)> = by_text
            .into_iter()
            .map(|(text, titles)| (titles, text))
            .collect();
        all.sort();
        let mut page = String::from("The licences of everything that is in the program adieu.\n");
        for (titles, text) in all {
            writeln!(page, "\n{}\n", "=".repeat(78))?;
            for title in titles {
                writeln!(page, "{title}")?;
            }
            writeln!(page, "\n{}", text.trim_end())?;
        }
        Ok(page)
    }

    /// The text of a licence that a crate names and does not bring.
    fn standard_text(&self, package: &Package) -> Result<String, Failure> {
        // The one that asks for no name of a holder first.
        for licence in STANDARD.iter().rev() {
            if !names(&package.licence, licence) {
                continue;
            }
            let text = self.own_texts[licence].lines();
            let holder = match package.authors.as_slice() {
                [] => format!("the authors of {}", package.name),
                authors => authors.join(", "),
            };
            let lines: Vec<String> = text
                .map(|line| {
                    if line.starts_with("Copyright") && *licence == "MIT" {
                        format!("Copyright (c) {holder}")
                    } else {
                        line.to_owned()
                    }
                })
                .collect();
            return Ok(lines.join("\n"));
        }
        Err(format!(
            "{} {} brings no text of its licence, {}",
            package.name, package.version, package.licence
        )
        .into())
    }
}

/// Whether an expression of SPDX names a licence.
fn names(expression: &str, licence: &str) -> bool {
    expression
        .split(['/', ' ', '(', ')'])
        .any(|word| word == licence)
}

/// The texts of licences and notices that a crate has beside its manifest.
fn texts_in(directory: &Path) -> Result<Vec<String>, Failure> {
    const BEGINNINGS: [&str; 6] = [
        "LICENSE",
        "LICENCE",
        "COPYING",
        "COPYRIGHT",
        "NOTICE",
        "UNLICENSE",
    ];
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.to_ascii_uppercase();
            path.is_file() && BEGINNINGS.iter().any(|start| name.starts_with(start))
        })
        .collect();
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&fs::read(file)?).replace("\r\n", "\n");
        if !text.trim().is_empty() {
            texts.push(text);
        }
    }
    Ok(texts)
}

/// The sums in a lock file, by name and version.
fn sums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |line: &str, key: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        Some(rest.strip_suffix('"')?.to_owned())
    };
    lock.split("[[package]]")
        .filter_map(|package| {
            let find = |key| package.lines().find_map(|line| value(line, key));
            Some(((find("name")?, find("version")?), find("checksum")?))
        })
        .collect()
}

/// The packages that are reached from the program by dependencies that are linked.
fn packages(
    metadata: &Value,
    sums: &BTreeMap<(String, String), String>,
) -> Result<Vec<Package>, Failure> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let described: BTreeMap<String, Value> = list(&metadata["packages"])
        .into_iter()
        .map(|package| (text(&package["id"]), package))
        .collect();
    let links: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let linked = list(&node["deps"])
                .iter()
                .filter(|needed| {
                    list(&needed["dep_kinds"])
                        .iter()
                        .any(|kind| kind["kind"].is_null())
                })
                .map(|needed| text(&needed["pkg"]))
                .collect();
            (text(&node["id"]), linked)
        })
        .collect();
    let start = described
        .iter()
        .find(|(_, package)| package["name"] == PROGRAM)
        .ok_or("cargo metadata does not know adieu-cli")?
        .0;
    let mut reached = BTreeSet::new();
    let mut waiting = vec![start.clone()];
    while let Some(id) = waiting.pop() {
        if reached.insert(id.clone()) {
            waiting.extend(links.get(&id).cloned().unwrap_or_default());
        }
    }
    let address = |id: &String| {
        let package = &described[id];
        format!(
            "pkg:cargo/{}@{}",
            text(&package["name"]),
            text(&package["version"])
        )
    };
    let mut packages: Vec<Package> = reached
        .iter()
        .map(|id| {
            let package = &described[id];
            let (name, version) = (text(&package["name"]), text(&package["version"]));
            let mut needs: Vec<String> = links
                .get(id)
                .map(|links| links.iter().map(address).collect())
                .unwrap_or_default();
            needs.sort();
            Package {
                sum: sums.get(&(name.clone(), version.clone())).cloned(),
                // The older way to write a choice.
                licence: text(&package["license"]).replace('/', " OR "),
                directory: Path::new(&text(&package["manifest_path"]))
                    .parent()
                    .map(PathBuf::from)
                    .unwrap_or_default(),
                authors: list(&package["authors"]).iter().map(text).collect(),
                name,
                version,
                needs,
            }
        })
        .collect();
    packages.sort_by_key(Package::address);
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Value {
        let package = |name: &str, licence: &str| {
            json!({ "id": name, "name": name, "version": "1.0.0", "license": licence,
                    "manifest_path": format!("/nowhere/{name}/Cargo.toml"), "authors": [] })
        };
        let needs =
            |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        json!({
            "packages": [package("adieu-cli", "MIT OR Apache-2.0"), package("linked", "MIT/Apache-2.0"),
                         package("deeper", "MIT"), package("tested", "MIT"), package("built", "MIT")],
            "resolve": { "nodes": [
                { "id": "adieu-cli", "deps": [needs("linked", Value::Null), needs("tested", json!("dev")),
                                              needs("built", json!("build"))] },
                { "id": "linked", "deps": [needs("deeper", Value::Null)] },
            ] },
        })
    }

    fn bill() -> Bill {
        let lock = "[[package]]\nname = \"deeper\"\nversion = \"1.0.0\"\nchecksum = \"ab12\"\n";
        Bill {
            packages: packages(&metadata(), &sums(lock)).unwrap(),
            own_texts: BTreeMap::from([
                ("MIT", "MIT\nCopyright (c) us".to_owned()),
                ("Apache-2.0", "Apache\nCopyright [yyyy]".to_owned()),
            ]),
        }
    }

    #[test]
    fn only_what_is_linked_is_in_the_bill() {
        let text = bill().as_cyclonedx().unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["metadata"]["component"]["name"], "adieu-cli");
        let names: Vec<&Value> = value["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|component| &component["name"])
            .collect();
        assert_eq!(names, ["deeper", "linked"]);
        assert_eq!(value["components"][0]["hashes"][0]["content"], "ab12");
        assert_eq!(
            value["components"][1]["licenses"][0]["expression"],
            "MIT OR Apache-2.0"
        );
        assert_eq!(
            value["dependencies"][2]["dependsOn"],
            json!(["pkg:cargo/deeper@1.0.0"])
        );
        assert_eq!(text, bill().as_cyclonedx().unwrap());
    }

    #[test]
    fn a_crate_without_a_text_gets_that_of_the_licence_it_names_and_its_own_holder() {
        let bill = bill();
        let text = |name: &str| {
            let package = bill.packages.iter().find(|one| one.name == name).unwrap();
            bill.standard_text(package).unwrap()
        };
        assert_eq!(text("deeper"), "MIT\nCopyright (c) the authors of deeper");
        assert_eq!(text("linked"), "Apache\nCopyright [yyyy]");
    }

    #[test]
    fn a_licence_whose_text_is_nowhere_fails() {
        let mut bill = bill();
        bill.packages[1].licence = "Zlib".to_owned();
        let failure = bill.standard_text(&bill.packages[1]).unwrap_err();
        assert!(failure.to_string().contains("Zlib"), "{failure}");
    }
}
