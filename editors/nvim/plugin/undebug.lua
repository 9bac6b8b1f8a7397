-- `:UndebugFixFile`. Which server is started, and when, is the user's choice: see `:help undebug`.

if vim.g.loaded_undebug then
  return
end
vim.g.loaded_undebug = true

vim.api.nvim_create_user_command("UndebugFixFile", function()
  require("undebug").fix_file()
end, { desc = "turn debug mode off in the whole file" })
