-- `require("undebug").setup(options)`: the same on every Neovim from 0.7 on.
--
-- It starts the server and nothing else: diagnostics, hover and code actions are Neovim's own. What is started stands in
-- `lsp/undebug.lua`; Neovim 0.11 and later read that file without this module.

local M = {}

--- What is started, with the user's options on top.
function M.config(options)
  local file = vim.api.nvim_get_runtime_file("lsp/undebug.lua", false)[1]
  return vim.tbl_deep_extend("force", dofile(file), options or {})
end

--- The folder of the first marker that is found upwards of a file, else the file's own folder.
function M.root(path, markers)
  local from = vim.fn.fnamemodify(path, ":p:h")
  for _, marker in ipairs(markers) do
    local upwards = vim.fn.fnameescape(from) .. ";"
    local found = vim.fn.findfile(marker, upwards)
    if found == "" then
      found = vim.fn.finddir(marker, upwards)
    end
    if found ~= "" then
      return vim.fn.fnamemodify(found, ":p"):gsub("/$", ""):match("^(.*)/[^/]*$")
    end
  end
  return from
end

local clients = {}

local function attach(config, buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return
  end
  local root = M.root(path, config.root_markers)
  local client = clients[root]
  if not client or not vim.lsp.get_client_by_id(client) then
    client = vim.lsp.start_client({
      name = "undebug",
      cmd = config.cmd,
      settings = config.settings,
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
    })
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
end

--- Starts the server for every file that it reads. The options are those of `lsp/undebug.lua`.
function M.setup(options)
  if vim.lsp.enable then
    vim.lsp.config("undebug", options or {})
    vim.lsp.enable("undebug")
    return
  end
  local config = M.config(options)
  local group = vim.api.nvim_create_augroup("undebug", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = config.filetypes,
    callback = function(event)
      attach(config, event.buf)
    end,
  })
end

--- Asks for the edits that turn debug mode off in the whole file.
function M.fix_file()
  local context = { only = { "source.fixAll.undebug" }, diagnostics = {} }
  if vim.fn.has("nvim-0.8") == 1 then
    vim.lsp.buf.code_action({ context = context, apply = true })
  else
    vim.lsp.buf.code_action(context)
  end
end

return M
