set edit:completion:arg-completer[chatctl] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) CHATCTL_COMPLETE="elvish" chatctl -- $@words) | to-lines
}
