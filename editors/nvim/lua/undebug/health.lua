-- `:checkhealth undebug`: whether the server can be started, and whether it runs.

local M = {}

-- Neovim 0.10 renamed these.
local old = not vim.health or not vim.health.start
local report = old and require("health") or vim.health
local start = old and report.report_start or report.start
local good = old and report.report_ok or report.ok
local warn = old and report.report_warn or report.warn
local fail = old and report.report_error or report.error
local tell = old and report.report_info or report.info

local function command()
  local configured = vim.lsp.config and vim.lsp.config.undebug
  return (configured or require("undebug").config()).cmd[1]
end

local function check_binary()
  local name = command()
  if vim.fn.executable(name) == 0 then
    fail("`" .. name .. "` is not executable", {
      "install it: `cargo install --path crates/cli` in the source of undebug",
      "or say where it is: `cmd = { \"/path/to/undebug\", \"server\" }`",
    })
    return
  end
  local version = vim.fn.system({ name, "--version" })
  if vim.v.shell_error ~= 0 then
    fail("`" .. name .. " --version` ends with " .. vim.v.shell_error)
    return
  end
  good(vim.trim(version) .. " at `" .. vim.fn.exepath(name) .. "`")
end

local function check_clients()
  local list = vim.lsp.get_clients or vim.lsp.get_active_clients
  local running = vim.tbl_filter(function(client)
    return client.name == "undebug"
  end, list())
  for _, client in ipairs(running) do
    good("it runs for `" .. tostring(client.config.root_dir) .. "`")
  end
  if #running == 0 then
    warn("it does not run", {
      "open a Python file",
      vim.lsp.enable and "`vim.lsp.enable(\"undebug\")` belongs into init.lua"
        or "`require(\"undebug\").setup()` belongs into init.lua",
    })
  end
end

function M.check()
  start("undebug")
  tell("Neovim " .. tostring(vim.version().major) .. "." .. vim.version().minor .. "." .. vim.version().patch)
  check_binary()
  check_clients()
end

return M
