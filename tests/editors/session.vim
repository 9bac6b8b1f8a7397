" A user's session in Vim with ALE, configured by the page's block: what is seen and done.
"
" `tests/editors/run` starts it in a copy of the sample project, reads its `step` lines, and compares the disk itself.

let s:patience = 60.0

function! s:Step(name, ok, ...) abort
  let l:line = 'step ' . a:name . ' ' . (a:ok ? 'ok' : 'failed') . ' ' . get(a:000, 0, '')
  call writefile([l:line], '/dev/stdout', 'a')
endfunction

function! s:Wait(Condition) abort
  let l:start = reltime()
  while !a:Condition()
    if reltimefloat(reltime(l:start)) > s:patience
      return 0
    endif
    sleep 10m
  endwhile
  return 1
endfunction

" What ALE shows in its list for this buffer.
function! s:Found() abort
  return filter(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.linter_name is# ''undebug''')
endfunction

function! s:Count(count) abort
  return s:Wait({-> len(s:Found()) == a:count})
endfunction

" The user reads ALE's numbered list, and types the number of the first line that matches.
let s:shown = []
let s:wanted = ''
runtime autoload/ale/util.vim
function! ale#util#Input(message, value, ...) abort
  let s:shown = filter(split(a:message, "\n"), 'v:val =~# ''^\d\+)''')
  return string(match(s:shown, s:wanted) + 1)
endfunction

function! s:Act(wanted) abort
  let s:wanted = a:wanted
  let s:shown = []
  ALECodeAction
  return s:Wait({-> &modified})
endfunction

function! s:See(path, text, count) abort
  execute 'edit' a:path
  let l:count = s:Count(a:count)
  if !l:count
    return 'found ' . len(s:Found())
  endif
  let l:first = s:Found()[0]
  call cursor(l:first.lnum, l:first.col)
  let l:seen = strpart(getline(l:first.lnum), l:first.col - 1, l:first.end_col - l:first.col + 1)
  return l:seen is# a:text ? '' : 'it underlines ' . l:seen . ' of ' . string(l:first)
endfunction

function! s:Whole(name, path, text) abort
  let l:why = s:See(a:path, a:text, 1)
  if l:why isnot# ''
    return s:Step(a:name, 0, l:why)
  endif
  call s:Act('^1)')
  silent write
  call s:Step(a:name, s:Count(0), join(s:shown))
endfunction

try
  let s:why = s:See('app.py', 'debug=True', 1)
  call s:Step('see', s:why is# '', s:why)
  call s:Act('^1)')
  call s:Step('list', len(s:shown) >= 4, join(s:shown))
  call s:Step('fix', &modified)
  silent write
  call s:Step('save', !&modified)
  call s:Step('gone', s:Count(0))
  let s:why = s:See('pair.py', 'debug=True', 2)
  call s:Act('whole file')
  silent write
  call s:Step('all', s:why is# '' && s:Count(0), s:why . join(s:shown))
  call s:Whole('env', '.flaskenv', 'FLASK_DEBUG=1')
  call s:Whole('image', 'image/Dockerfile', '"--debug"')
catch
  call s:Step('script', 0, v:exception . ' at ' . v:throwpoint)
endtry
qall!
