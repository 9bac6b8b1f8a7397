//! Which language a file is written in, told by its name alone.
//!
//! It never looks at the text: an editor's language id or a file name decides.

/// A language that the engine reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Python source (`.py`, `.pyw`), and Python settings files (`.cfg` read by `from_pyfile`). Stubs (`.pyi`) never run.
    Python,
    /// Environment files: `.env`, `.flaskenv`, `web.env`, `.env.production`.
    Dotenv,
    /// `Dockerfile`, `Containerfile`, `web.Dockerfile`.
    Dockerfile,
    /// YAML of any dialect: compose, Kubernetes, CI workflows.
    Yaml,
    /// `Procfile` and `Procfile.dev`.
    Procfile,
    /// systemd units (`.service`).
    Systemd,
    /// Shell scripts.
    Shell,
    /// Makefiles.
    Makefile,
    /// justfiles.
    Justfile,
    /// Terraform and other HCL (`.tf`, `.hcl`).
    Hcl,
    /// pm2's `ecosystem.config.js`; no other JavaScript is read.
    JavaScript,
    /// Batch files of Windows (`.bat`, `.cmd`).
    Batch,
    /// PowerShell scripts (`.ps1`).
    PowerShell,
    /// JSON: settings loaded by `from_file`, `launch.json`.
    Json,
    /// TOML: settings loaded by `from_file`, `pyproject.toml`.
    Toml,
    /// INI: settings that `configparser` reads, supervisor and uWSGI.
    Ini,
}

impl Language {
    /// Whether comments begin with `#`: the others can silence nothing.
    pub(crate) fn has_comments(self) -> bool {
        !matches!(self, Language::Json | Language::JavaScript | Language::Batch)
    }

    /// The language of a file, told by the last component of its path; `None` when the engine does not read it.
    pub fn of_path(path: &str) -> Option<Language> {
        Language::in_folder("", path)
    }

    /// The language of a file, told by its name or path in a folder: who lists folders need not put each path together.
    pub fn in_folder(folder: &str, path: &str) -> Option<Language> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        Some(match lower.as_str() {
            "procfile" => Language::Procfile,
            "makefile" | "gnumakefile" => Language::Makefile,
            "justfile" | ".justfile" => Language::Justfile,
            "ecosystem.config.js"
            | "ecosystem.config.cjs"
            | "ecosystem.config.mjs"
            | "pm2.config.js"
            | "pm2.config.cjs" => Language::JavaScript,
            "dockerfile" | "containerfile" => Language::Dockerfile,
            ".env" | ".flaskenv" => Language::Dotenv,
            _ if lower.starts_with(".env.") || lower.starts_with(".flaskenv.") => Language::Dotenv,
            _ if lower.starts_with("dockerfile.") || lower.starts_with("containerfile.") => Language::Dockerfile,
            _ if lower.starts_with("procfile.") => Language::Procfile,
            // The scripts that an installation makes.
            "setup.cfg" => Language::Ini,
            "tox.cfg" | "pyvenv.cfg" => return None,
            _ => match extension {
                // A `.cfg` file beside a Flask application is Python: `from_pyfile` and `from_envvar` run it.
                "py" | "pyw" | "cfg" => Language::Python,
                "env" => Language::Dotenv,
                "dockerfile" | "containerfile" => Language::Dockerfile,
                "yml" | "yaml" => Language::Yaml,
                "service" => Language::Systemd,
                "sh" | "bash" | "zsh" => Language::Shell,
                "mk" | "make" => Language::Makefile,
                "just" => Language::Justfile,
                "tf" | "hcl" => Language::Hcl,
                "bat" | "cmd" => Language::Batch,
                "ps1" => Language::PowerShell,
                "json" => Language::Json,
                "toml" => Language::Toml,
                "ini" => Language::Ini,
                "conf" if [folder, path].iter().any(|part| part.to_ascii_lowercase().contains("supervisor")) => {
                    Language::Ini
                }
                _ => return None,
            },
        })
    }
}
