# Completes odatafilter in bash: source this file, or add to ~/.bashrc:  eval "$(odatafilter completion bash)"
_odatafilter() {
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local words= valued= place=0 at
    if [[ $word == '=' ]]; then word=; elif [[ $option == '=' ]]; then option=${COMP_WORDS[COMP_CWORD - 2]}; fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words='demo check match schema list wait emulator completion --help --version'
    else
        case $command in
            'check') valued='--api --schema' ;;
            'match') valued='--api --schema' ;;
            'list') valued='--items --next-link --header --filter --orderby --select --expand --page-size --top --max-items --resume --base-url --token-file' ;;
            'wait') valued='--itwin-id --timeout --interval --base-url --token-file' ;;
            'emulator') valued='--port --jobs --seed --database --last-page --throttle-every --retry-after --latency --job' ;;
        esac
        for ((at = 2; at < COMP_CWORD; at++)); do
            if [[ " $valued " == *" ${COMP_WORDS[at]} "* ]]; then
                ((at++))
            elif [[ ${COMP_WORDS[at]} != -* ]]; then
                ((place++))
            fi
        done
        if [[ " $valued " == *" $option "* ]]; then
            case "$command $option" in
            'check --api') words='realityconversion analysisjobs analysisdetectors itwins' ;;
            'match --api') words='realityconversion analysisjobs analysisdetectors itwins' ;;
            esac
        elif [[ $word == -* ]]; then
            case $command in
            'demo') words='-h --help' ;;
            'check') words='-h --help --json --api --schema' ;;
            'match') words='-h --help --api --schema' ;;
            'schema') words='-h --help' ;;
            'list') words='-h --help --odata --items --next-link --header --filter --orderby --select --expand --page-size --top --max-items --resume --base-url --token-file' ;;
            'wait') words='-h --help --itwin-id --timeout --interval --base-url --token-file' ;;
            'emulator') words='-h --help --port --jobs --seed --database --last-page --no-filter-required --throttle-every --retry-after --latency --job' ;;
            'completion') words='-h --help' ;;
            esac
        else
            case "$command $place" in
            'list 0') words='realityconversion' ;;
            'wait 0') words='ec3 oneclicklca accesscontrol conversion' ;;
            'completion 0') words='bash zsh fish' ;;
            esac
        fi
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _odatafilter odatafilter # files where there are no words
