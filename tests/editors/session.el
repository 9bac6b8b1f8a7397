;;; session.el --- a user's session in Emacs with eglot or lsp-mode  -*- lexical-binding: t -*-

;; `tests/editors/run' starts it in a copy of the sample project with the configuration of the page as `init.el', reads its
;; `step' lines, and compares the disk itself.

;;; Code:

(defconst session-patience 60 "Seconds.")

;; Debian's own place for packages, which a batch Emacs does not look at; and answers come from the keyboard, not a menu.
(dolist (folder (directory-files "/usr/share/emacs/site-lisp/elpa" t "^[a-z]"))
  (add-to-list 'load-path folder)
  (dolist (file (directory-files folder t "-autoloads\\.el\\'"))
    (load file nil t)))
(setq last-nonmenu-event t
      make-backup-files nil
      create-lockfiles nil
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      lsp-auto-guess-root t
      lsp-enable-file-watchers nil
      enable-dir-local-variables nil)
(require 'cl-lib)
(require 'flymake)
(load (getenv "CONFIG") nil t)
(setq eglot-sync-connect 60)

(defun session-step (name ok &rest words)
  "Say what became of step NAME: OK, or why not by WORDS."
  ;; Standard error, which a batch Emacs does not hold back.
  (message "step %s %s %s" name (if ok "ok" "failed")
           (replace-regexp-in-string "\n" " " (format "%s" (or words "")))))

(defun session-wait (condition)
  "Let the server answer until CONDITION holds; its value."
  (let ((deadline (+ (float-time) session-patience)) (value nil))
    (while (and (not (setq value (funcall condition))) (< (float-time) deadline))
      ;; Nothing is idle in a batch Emacs; when it is, eglot tells of changes, and flymake shows diagnostics.
      (when (bound-and-true-p eglot--managed-mode) (eglot--signal-textDocument/didChange))
      (when flymake-mode (flymake-start))
      (accept-process-output nil 0.02))
    value))

(defun session-open (path count)
  "Open PATH, and wait for COUNT diagnostics; the list of them, nil in the end."
  (find-file path)
  ;; `eglot-ensure' starts when a command has ended, `lsp-deferred' when the buffer is shown.
  (run-hooks 'post-command-hook)
  (when (bound-and-true-p lsp--buffer-deferred) (lsp--init-if-visible))
  (session-wait (lambda () (let ((all (flymake-diagnostics))) (and (= (length all) count) all)))))

(defun session-none ()
  "Wait until the buffer has no diagnostics."
  (session-wait (lambda () (null (flymake-diagnostics)))))

(defvar session-offered nil "What the user was shown.")

(defun session-choose (wanted call)
  "Run CALL as a user who picks by WANTED, a function of the titles and the default."
  (setq session-offered nil)
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_prompt items &optional _ _ _ _ default &rest _)
               (setq session-offered (all-completions "" items))
               (funcall wanted session-offered (if (consp default) (car default) default)))))
    (funcall call))
  (session-wait #'buffer-modified-p))

(defun session-actions ()
  "Offer the actions at point."
  (if (featurep 'lsp-mode)
      (call-interactively #'lsp-execute-code-action)
    (eglot-code-actions (point) nil nil t)))

(defun session-preferred (titles default)
  "The DEFAULT when there is one, as eglot makes the preferred fix; else the first of TITLES."
  (or default (car titles)))

(defun session-all ()
  "Ask for the fix of the whole file."
  (if (featurep 'lsp-mode)
      (lsp-execute-code-action-by-kind "source.fixAll.undebug")
    (eglot-code-actions (point-min) (point-max) "source.fixAll.undebug" t)))

(defun session-text (diagnostic)
  "The text that DIAGNOSTIC underlines."
  (buffer-substring (flymake-diagnostic-beg diagnostic) (flymake-diagnostic-end diagnostic)))

(defun session-fix (name path text)
  "Step NAME: see TEXT underlined in PATH, fix it, save."
  (let ((found (car (session-open path 1))))
    (if (not (and found (equal (session-text found) text)))
        (session-step name nil (and found (session-text found)) major-mode)
      (goto-char (flymake-diagnostic-beg found))
      (session-choose #'session-preferred #'session-actions)
      (let ((gone (session-none)))
        (save-buffer)
        (session-step name gone session-offered)))))

(defun session-run ()
  "All steps."
  (let ((found (car (session-open "app.py" 1))))
    (session-step "see" (and found (equal (session-text found) "debug=True")) (and found (session-text found)))
    (when found
      (goto-char (flymake-diagnostic-beg found))
      (session-choose #'session-preferred #'session-actions)
      (session-step "list" (>= (length session-offered) 4) session-offered)
      (session-step "fix" (buffer-modified-p))
      (save-buffer)
      (session-step "save" (not (buffer-modified-p)))
      (session-step "gone" (session-none))))
  (let ((both (session-open "pair.py" 2)))
    (session-choose (lambda (titles _) (car titles)) #'session-all)
    (let ((none (session-none)))
      (save-buffer)
      (session-step "all" (and both none) (length both))))
  (session-fix "env" ".flaskenv" "FLASK_DEBUG=1")
  (session-fix "image" "image/Dockerfile" "\"--debug\""))

(session-run)
(if (featurep 'lsp-mode)
    (dolist (workspace (cl-remove-duplicates (lsp--session-workspaces (lsp-session))))
      (with-lsp-workspace workspace (lsp--shutdown-workspace)))
  (eglot-shutdown-all))
(kill-emacs 0)
;;; session.el ends here
