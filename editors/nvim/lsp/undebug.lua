-- What Neovim 0.11 starts after `vim.lsp.enable("undebug")`; see `:help undebug`.

---@type vim.lsp.Config
return {
  cmd = { "undebug", "server" },
  filetypes = {
    "python",
    "cfg",
    "conf",
    "dockerfile",
    "dosbatch",
    "dosini",
    "env",
    "hcl",
    "json",
    "just",
    "make",
    "procfile",
    "ps1",
    "sh",
    "systemd",
    "terraform",
    "toml",
    "yaml",
  },
  root_markers = { "undebug.toml", "pyproject.toml", ".git" },
  settings = { undebug = vim.empty_dict() },
}
