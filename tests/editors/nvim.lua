-- A user's session in Neovim, 0.7 or later, with the plugin and the `init.lua` of its page: what is seen and done.
--
-- `tests/editors/run` starts it in a copy of the sample project, reads its `step` lines, and compares the disk itself.

local PATIENCE_MS = 60000

local function step(name, ok, detail)
  io.stdout:write(("step %s %s %s\n"):format(name, ok and "ok" or "failed", detail or ""))
  io.stdout:flush()
end

local function wait(condition)
  return (vim.wait(PATIENCE_MS, condition, 10))
end

local function diagnostics()
  return vim.diagnostic.get(0)
end

-- Neovim shows the list of actions with `vim.ui.select`; this user looks at it and takes what `wanted` says.
local function choose(wanted)
  local seen
  vim.ui.select = function(items, _, chosen)
    local actions = vim.tbl_map(function(item) return item.action or item[2] end, items)
    seen = actions
    for index, action in ipairs(actions) do
      if wanted(action) then
        return chosen(items[index], index)
      end
    end
    chosen(nil, nil)
  end
  return function() return seen end
end

local function preferred(action)
  return action.isPreferred == true
end

--- Opens a file, takes the preferred fix of its first finding, and writes it.
local function fix_one(path, code, text)
  vim.cmd("edit " .. path)
  if not wait(function() return #diagnostics() == 1 end) then
    return nil, "diagnostics: " .. #diagnostics()
  end
  local found = diagnostics()[1]
  local line = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1]
  local range = line:sub(found.col + 1, found.end_col)
  local rule = found.code or found.user_data.lsp.code
  if rule ~= code or range ~= text then
    return nil, rule .. " at " .. range
  end
  vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
  return found
end

local function take(wanted, call)
  local seen = choose(wanted)
  call()
  wait(function() return vim.bo.modified end)
  return seen() or {}
end

local function whole(name, path, code, text)
  local found, why = fix_one(path, code, text)
  if not found then
    return step(name, false, why)
  end
  take(preferred, vim.lsp.buf.code_action)
  local gone = wait(function() return #diagnostics() == 0 end)
  vim.cmd("silent write")
  step(name, gone, "diagnostics: " .. #diagnostics())
end

local found, why = fix_one("app.py", "app-run-debug", "debug=True")
step("see", found ~= nil, why)
if found then
  local seen = take(preferred, vim.lsp.buf.code_action)
  step("list", #seen >= 4 and preferred(seen[1]), #seen .. " actions")
  step("fix", vim.bo.modified)
  vim.cmd("silent write")
  step("save", not vim.bo.modified)
  step("gone", wait(function() return #diagnostics() == 0 end))
end

-- Without the plugin, which adds this command, there is no more to see.
if vim.fn.exists(":UndebugFixFile") == 0 then
  vim.cmd("qall!")
end

vim.cmd("edit pair.py")
local both = wait(function() return #diagnostics() == 2 end)
local one = function(action) return action.kind == "source.fixAll.undebug" end
local offered = take(one, function() vim.cmd("UndebugFixFile") end)
local none = wait(function() return #diagnostics() == 0 end)
vim.cmd("silent write")
step("all", both and none, #offered .. " offered")

whole("env", ".flaskenv", "env-debug", "FLASK_DEBUG=1")
whole("image", "image/Dockerfile", "command-debug", '"--debug"')

vim.cmd("silent checkhealth undebug")
local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
step("health", report:find("it runs for") and not report:find("ERROR"), report:gsub("\n", " | "))
vim.cmd("helptags ALL")
step("help", (pcall(vim.cmd, "help undebug-settings")) and vim.bo.filetype == "help")
vim.cmd("qall!")
