" File types that Neovim does not know by itself. `setfiletype` leaves one that is set already.
autocmd BufRead,BufNewFile .flaskenv,.flaskenv.*,.env.* setfiletype sh
autocmd BufRead,BufNewFile Procfile,Procfile.* setfiletype procfile
