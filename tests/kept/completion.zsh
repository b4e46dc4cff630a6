#compdef odatafilter
# Completes odatafilter in zsh: save as _odatafilter in a folder of $fpath, or add to ~/.zshrc:  eval "$(odatafilter completion zsh)"
_odatafilter() {
    local -a commands=(
        'demo:see it work against a local emulator, in under ten seconds'
        'check:say whether a filter is valid, or what is wrong with it'
        'match:write the lines of standard input, each a JSON object, for which a filter is true'
        'schema:write the Python source of a typed schema'
        'list:write every matching item as a line of JSON'
        'wait:wait until a job is over, and write how it ended as JSON'
        'emulator:serve the documented operations from made-up jobs'
        'completion:write a script that completes this command line in a shell'
    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
    demo)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]'
        ;;
    check)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':the filter; without it, or for -, each line of standard input is a filter:' \
            '--json[write each verdict as a line of JSON to standard output]' \
            '--api[judge by the properties and operators that this API documents]:value:(realityconversion analysisjobs analysisdetectors itwins)' \
            '--schema[judge by the schema in a file\: declarations in JSON, a JSON Schema or OpenAPI document, or $metadata; NAME is what is wanted in it]:value:_files'
        ;;
    match)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':what the items are chosen by:' \
            '--api[judge by the properties and operators that this API documents]:value:(realityconversion analysisjobs analysisdetectors itwins)' \
            '--schema[judge by the schema in a file\: declarations in JSON, a JSON Schema or OpenAPI document, or $metadata; NAME is what is wanted in it]:value:_files'
        ;;
    schema)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':declarations in JSON, a JSON Schema or OpenAPI document, or $metadata; NAME is what is wanted in it:_files'
        ;;
    list)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':realityconversion, or the URL of a listing:(realityconversion)' \
            '--odata[an OData entity set\: value, @odata.nextLink]' \
            '--items[where the items stand in a page (default\: value)]:value:' \
            '*--next-link[where the next link stands; may be given more than once]:value:' \
            '*--header[a header that goes with every request]:value:' \
            '--filter[checked before anything is sent]:value:' \
            '--orderby[such as '\''createdDateTime desc'\'']:value:' \
            '--select[the properties that are wanted, with commas in between]:value:' \
            '--expand[the relations that are wanted with each item]:value:' \
            '--page-size[items in a page of OData services, by the header Prefer]:value:' \
            '--top[items in a page of realityconversion, whose $top means that; --max-items bounds the whole list]:value:' \
            '--max-items[stop after so many items]:value:' \
            '--resume[go on from the cursor that an unfinished listing printed]:value:' \
            '--base-url[another origin, such as that of the emulator]:value:' \
            '--token-file[holds the bearer token (default\: the variable ODATAFILTER_TOKEN)]:value:_files'
        ;;
    wait)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':the service that has the job:(ec3 oneclicklca accesscontrol conversion)' \
            ':the id that the service gave when the job was started:' \
            '--itwin-id[the iTwin of the job\: accesscontrol needs it]:value:' \
            '--timeout[give up then (default\: 3600)]:value:' \
            '--interval[the first pause (default\: 2)]:value:' \
            '--base-url[another origin, such as that of the emulator]:value:' \
            '--token-file[holds the bearer token (default\: the variable ODATAFILTER_TOKEN)]:value:_files'
        ;;
    emulator)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            '--port[0 is any free port (default\: 8000)]:value:' \
            '--jobs[jobs of the caller (default\: 25000)]:value:' \
            '--seed[what the jobs are made from (default\: 1)]:value:' \
            '--database[keep the jobs in an SQLite file, not in memory]:value:_files' \
            '--last-page[the form of _links on the last page (default\: null)]:value:' \
            '--no-filter-required[list all jobs where no $filter is given]' \
            '--throttle-every[answer every Nth request with 429 (default\: 0, none)]:value:' \
            '--retry-after[what a 429 tells to wait (default\: 1)]:value:' \
            '--latency[the least time of an answer (default\: 0)]:value:' \
            '*--job[make a job of ec3, oneclicklca, accesscontrol whose status takes these steps, and print what `wait` finds it by; a number is answered with that HTTP status]:value:'
        ;;
    completion)
        _arguments \
            '-h[show this help message and exit]' \
            '--help[show this help message and exit]' \
            ':the shell that is to complete:(bash zsh fish)'
        ;;
    esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _odatafilter "$@"; else compdef _odatafilter odatafilter; fi
