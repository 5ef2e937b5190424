"""The scripts that make a shell ask recli at every TAB."""

_BASH = r"""# recli's completion for bash 4.4 and newer
_recli_completion() {
    local -a answer
    mapfile -d '' -t answer < <(_RECLI_COMPLETE=bash "$1" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    COMPREPLY=("${answer[@]:1}")
    case "${answer[0]}" in
        files) compopt -o default ;;
        dirs) compopt -o dirnames ;;
        nospace*) compopt -o nospace ;;
    esac
}
complete -o nosort -F _recli_completion recli
"""
_ZSH = r"""#compdef recli
_recli() {
    local -a answer values shown
    local at space=' '
    answer=("${(@0)$(_RECLI_COMPLETE=zsh ${(Q)words[1]} "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    case $answer[1] in
        files) _files; return ;;
        dirs) _files -/; return ;;
        nospace*) space='' ;;
    esac
    for ((at = 2; at < $#answer; at += 2)); do
        values+=("$answer[at]")
        shown+=("$answer[at+1]")
    done
    (($#values)) || return 1
    compadd -U -V recli -S "$space" -l -d shown -a values
    [[ $answer[1] == *menu* ]] && compstate[insert]=menu
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _recli "$@"; else compdef _recli recli; fi
"""
_FISH = r"""# recli's completion for fish
function __recli_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l answer (env _RECLI_COMPLETE=fish $words "$token" 2>/dev/null | string split0)
    switch "$answer[1]"
        case files
            __fish_complete_path "$token"
        case dirs
            __fish_complete_directories "$token"
        case '*'
            set -q answer[2]; and string join0 -- $answer[2..-1]
    end
end
complete -c recli -f -a '(__recli_complete | string split0)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
