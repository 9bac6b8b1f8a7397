---@brief
---
--- https://undebug.dev
---
--- Finds Flask debug mode left on (CWE-489) while you type, also in env files and Dockerfiles, and turns it off.
---
--- Settings stand in `undebug.toml`, in `pyproject.toml` below `tool.undebug`, or here:
---
--- ```lua
--- vim.lsp.config('undebug', {
---   settings = {
---     undebug = {
---       preferredFix = 'remove',
---     },
---   },
--- })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'undebug', 'server' },
  filetypes = {
    'python',
    'cfg',
    'conf',
    'dockerfile',
    'dosbatch',
    'dosini',
    'env',
    'hcl',
    'json',
    'just',
    'make',
    'procfile',
    'ps1',
    'sh',
    'systemd',
    'terraform',
    'toml',
    'yaml',
  },
  root_markers = { 'undebug.toml', 'pyproject.toml', '.git' },
  settings = { undebug = vim.empty_dict() },
}
