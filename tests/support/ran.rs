//! What a run of the binary gave.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

/// Output and exit status of one run.
#[derive(Debug, Clone)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// With the paths in `folder` written as `[PROJECT]/…`.
    pub fn new(output: &Output, folder: &Path) -> Self {
        let text = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec())
                .expect("the output is UTF-8")
                .replace(&folder.display().to_string(), "[PROJECT]")
        };
        Self {
            status: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}")),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// The document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The error on standard error.
    pub fn error(&self) -> Value {
        let document: Value = serde_json::from_str(self.stderr.lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error} in {self:?}"));
        document["error"].clone()
    }

    /// The ids of the steps, in order.
    pub fn steps(&self) -> Vec<String> {
        let document = self.json();
        let steps = document["steps"].as_array().unwrap_or_else(|| panic!("no steps in {self:?}"));
        steps.iter().map(|step| step["revision"].as_str().expect("an id").to_owned()).collect()
    }

    /// The version rows that the document tells.
    pub fn heads(&self) -> Vec<String> {
        let document = self.json();
        let heads = document["heads"].as_array().unwrap_or_else(|| panic!("no heads in {self:?}"));
        heads.iter().map(|head| head.as_str().expect("an id").to_owned()).collect()
    }

    /// Exit status and output as one text, with durations written as `[TIME]`, for snapshots.
    pub fn snapshot(&self) -> String {
        format!(
            "exit {}\n-- stdout\n{}-- stderr\n{}",
            self.status,
            without_durations(&self.stdout),
            without_durations(&self.stderr)
        )
    }
}

/// Writes `(12 ms)`, `(345 µs)` and `(1.2 s)` as `([TIME])`.
fn without_durations(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open + 1);
        result.push_str(before);
        let inside = from.split(')').next().unwrap_or_default();
        let is_duration = inside.starts_with(|c: char| c.is_ascii_digit())
            && [" ms", " µs", " s"].iter().any(|unit| inside.ends_with(unit));
        rest = if is_duration {
            result.push_str("[TIME]");
            &from[inside.len()..]
        } else {
            from
        };
    }
    result + rest
}
