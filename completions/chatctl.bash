_chatctl() {
    local rest=$COMP_LINE word i
    local words=()
    # The words as they are typed: bash takes them apart at colons, equals signs and at signs.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $word && $rest == "$word"* || ! $word && ! $rest ]]; then
            words[${#words[@]} - 1]+=$word
        else
            rest=${rest#"${rest%%[![:space:]]*}"}
            words+=("$word")
        fi
        rest=${rest#"$word"}
    done
    local index=$((${#words[@]} - 1))
    local current=${words[index]}
    local IFS=$'\013'
    COMPREPLY=($(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$index" CHATCTL_COMPLETE=bash chatctl -- "${words[@]}" 2>/dev/null))
    # What stands before the last part of the word stays.
    local before=${current%"${current##*[:=]}"}
    if [[ $before && $COMP_WORDBREAKS == *"${before: -1}"* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    fi
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=/:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o nosort -F _chatctl chatctl 2>/dev/null || complete -o bashdefault -F _chatctl chatctl
