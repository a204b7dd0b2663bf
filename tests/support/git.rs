//! A git repository around a project.

use std::process::{Command, Output};

use super::Project;

impl Project {
    /// Runs git in the project's folder, without anybody's configuration.
    pub fn git(&self, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(self.path("")).env_clear();
        git.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.path(""));
        git.env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "tester").env(format!("GIT_{who}_EMAIL"), "t@example.org");
        }
        git.output().expect("git can be run")
    }

    /// Runs git, which is to succeed; what it says.
    #[track_caller]
    pub fn git_ok(&self, arguments: &[&str]) -> String {
        let output = self.git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("git writes UTF-8")
    }

    /// Makes a repository whose branch is `main`, and commits what is there.
    pub fn git_init(&self) -> &Self {
        self.git_ok(&["init", "--quiet", "--initial-branch=main"]);
        self.write(".gitignore", "*.db\n");
        self.commit("first")
    }

    /// Commits the whole work tree.
    #[track_caller]
    pub fn commit(&self, message: &str) -> &Self {
        self.git_ok(&["add", "--all"]);
        self.git_ok(&["commit", "--quiet", "-m", message]);
        self
    }
}
