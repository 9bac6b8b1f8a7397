//! The Zed extension: which command starts the server, what it is told, and how its labels look.
//!
//! It finds nothing in programs and speaks no protocol: Zed does that with the command that it is given.

use zed_extension_api::lsp::{Symbol, SymbolKind};
use zed_extension_api::settings::LspSettings;
use zed_extension_api::{
    self as zed, CodeLabel, CodeLabelSpan, Command, DownloadedFileType, GithubReleaseOptions, LanguageServerId,
    LanguageServerInstallationStatus as Status, Result, Worktree, serde_json,
};

mod release;

/// The server's name in Zed's settings, the program's on `PATH`, and the section of its own settings.
const NAME: &str = "undebug";

/// Where released programs are.
const REPOSITORY: &str = "undebug/undebug";

struct Undebug {
    /// The program that was downloaded in this session.
    downloaded: Option<String>,
}

impl zed::Extension for Undebug {
    fn new() -> Undebug {
        Undebug { downloaded: None }
    }

    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = settings(worktree).binary;
        let (path, arguments, env) = match binary {
            Some(binary) => (binary.path, binary.arguments, binary.env),
            None => (None, None, None),
        };
        // What the user names wins; then what is installed; then what can be had.
        let command = match path.or_else(|| worktree.which(NAME)) {
            Some(path) => path,
            None => self.download(server).inspect_err(|error| {
                zed::set_language_server_installation_status(server, &Status::Failed(error.clone()));
            })?,
        };
        let mut environment = worktree.shell_env();
        environment.extend(env.unwrap_or_default());
        Ok(Command { command, args: arguments.unwrap_or_else(|| vec!["server".to_owned()]), env: environment })
    }

    fn language_server_initialization_options(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(settings(worktree).initialization_options)
    }

    /// The server asks for its own section: a user may write the keys below `settings` with or without it.
    fn language_server_workspace_configuration(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(settings(worktree).settings.map(|settings| match settings.get(NAME) {
            Some(_) => settings,
            None => serde_json::json!({ NAME: settings }),
        }))
    }

    fn label_for_symbol(&self, _server: &LanguageServerId, symbol: Symbol) -> Option<CodeLabel> {
        label(&symbol.kind, &symbol.name)
    }
}

impl Undebug {
    /// The released program, downloaded into the extension's folder unless it is there.
    fn download(&mut self, server: &LanguageServerId) -> Result<String> {
        if let Some(path) = &self.downloaded {
            return Ok(path.clone());
        }
        zed::set_language_server_installation_status(server, &Status::CheckingForUpdate);
        let options = GithubReleaseOptions { require_assets: true, pre_release: false };
        let newest = zed::latest_github_release(REPOSITORY, options)
            .map_err(|error| format!("`undebug` is not on PATH, and its release cannot be looked up: {error}"))?;
        let (os, architecture) = zed::current_platform();
        let asset = release::asset(os, architecture)?;
        let folder = format!("{NAME}-{}", newest.version);
        let path = format!("{folder}/{}", asset.program);
        if std::fs::metadata(&path).is_err() {
            let url = newest.assets.into_iter().find(|offered| offered.name == asset.file).map(|it| it.download_url);
            let url = url.ok_or_else(|| format!("release {} has no `{}`", newest.version, asset.file))?;
            zed::set_language_server_installation_status(server, &Status::Downloading);
            let kind = if asset.file.ends_with(".zip") { DownloadedFileType::Zip } else { DownloadedFileType::GzipTar };
            zed::download_file(&url, &folder, kind)
                .map_err(|error| format!("`{url}` cannot be downloaded: {error}"))?;
            zed::make_file_executable(&path)?;
            forget_others(&folder);
        }
        zed::set_language_server_installation_status(server, &Status::None);
        self.downloaded = Some(path.clone());
        Ok(path)
    }
}

/// What the user set below `lsp.undebug`; nothing when that cannot be read.
fn settings(worktree: &Worktree) -> LspSettings {
    LspSettings::for_worktree(NAME, worktree).unwrap_or_default()
}

/// Older downloads are of no use any more; that one cannot be removed is no reason to fail.
fn forget_others(kept: &str) {
    let Ok(entries) = std::fs::read_dir(".") else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("undebug-") && name != kept) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// How an application, a setting or a command looks in Zed's lists: as the code that it is.
fn label(kind: &SymbolKind, name: &str) -> Option<CodeLabel> {
    let (before, after) = match kind {
        SymbolKind::Variable | SymbolKind::Object => ("", " = None"),
        SymbolKind::Class => ("class ", ": pass"),
        SymbolKind::Function | SymbolKind::Method => ("def ", "(): pass"),
        _ => return None,
    };
    let shown = before.len()..before.len() + name.len();
    let filter = (0..name.len()).into();
    Some(CodeLabel {
        code: format!("{before}{name}{after}"),
        spans: vec![CodeLabelSpan::code_range(shown)],
        filter_range: filter,
    })
}

zed::register_extension!(Undebug);
