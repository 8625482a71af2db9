complete --keep-order --exclusive --command chatctl --arguments "(CHATCTL_COMPLETE=fish chatctl -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
