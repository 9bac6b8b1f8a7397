-- Neovim as a user has it: opens a file, sees the diagnostic, takes the preferred fix, saves, and the diagnostic is gone.
--
--     UNDEBUG=path/to/undebug nvim --headless --clean -l tests/nvim/session.lua
--
-- It prints `ok N - ...` lines and ends with status 1 when one of them is not ok.

local undebug = os.getenv("UNDEBUG") or "target/debug/undebug"
local PATIENCE_MS = 20000
local count, failed = 0, 0

local function check(ok, what)
  count = count + 1
  if not ok then
    failed = failed + 1
  end
  io.stdout:write((ok and "ok " or "not ok ") .. count .. " - " .. what .. "\n")
  return ok
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")
local path = folder .. "/app.py"
local file = assert(io.open(path, "wb"))
file:write('import os\n\nfrom flask import Flask\n\napp = Flask("🐛 " + os.sep)\n\nif __name__ == "__main__":\n    app.run(host="🏠" and None, debug=True)\n')
file:close()

vim.lsp.config("undebug", { cmd = { undebug, "server" }, filetypes = { "python" }, root_dir = folder })
vim.lsp.enable("undebug")
vim.cmd("filetype on")
vim.cmd.edit(path)
vim.bo.filetype = "python"

local function diagnostics()
  return vim.diagnostic.get(0)
end

check(vim.wait(PATIENCE_MS, function() return #diagnostics() == 1 end, 10), "the diagnostic appears")
local diagnostic = diagnostics()[1]
if diagnostic then
  check(diagnostic.code == "app-run-debug", "its code is the rule: " .. tostring(diagnostic.code))
  local seen = vim.api.nvim_buf_get_text(0, diagnostic.lnum, diagnostic.col, diagnostic.end_lnum, diagnostic.end_col, {})[1]
  check(seen == "debug=True", "its range is the argument: " .. tostring(seen))

  local client = vim.lsp.get_clients({ name = "undebug" })[1]
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  params.range = {
    start = diagnostic.user_data.lsp.range.start,
    ["end"] = diagnostic.user_data.lsp.range["end"],
  }
  params.context = { diagnostics = { diagnostic.user_data.lsp }, only = { "quickfix" } }
  local reply = client:request_sync("textDocument/codeAction", params, PATIENCE_MS, 0)
  local actions = reply and reply.result or {}
  check(#actions >= 4, "there are actions: " .. #actions)
  local preferred = vim.tbl_filter(function(action) return action.isPreferred end, actions)
  check(#preferred == 1, "one of them is preferred: " .. #preferred)

  -- The editor's own way to choose and apply.
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.isPreferred end })
  local changed = vim.wait(PATIENCE_MS, function() return vim.bo.modified end, 10)
  check(changed, "the text changes")
  check(vim.wait(PATIENCE_MS, function() return #diagnostics() == 0 end, 10), "the diagnostic is gone")
  vim.cmd("silent write")
  local wanted = 'import os\n\nfrom flask import Flask\n\napp = Flask("🐛 " + os.sep)\n\nif __name__ == "__main__":\n    app.run(host="🏠" and None, debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))\n'
  check(read(path) == wanted, "the disk has the fixed text")
  check(#diagnostics() == 0, "nothing comes back after saving")

  client:stop()
  check(vim.wait(PATIENCE_MS, function() return client:is_stopped() end, 10), "the server stops when asked")
end
vim.fn.delete(folder, "rf")
io.stdout:write(string.format("neovim: %d passed, %d failed\n", count - failed, failed))
os.exit(failed == 0 and 0 or 1)
