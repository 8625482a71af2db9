# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_chatctl_global_optspecs
    string join \n key= key-file= token= token-file= auth-url= auth-command= auth-method= auth-header= auth-param= client-id= endpoint= profile= ca-file= wire= timeout= o/output= json jq= color= log-level= v/verbose q/quiet log-file= log-format= h/help V/version
end

function __fish_chatctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_chatctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_chatctl_using_subcommand
    set -l cmd (__fish_chatctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c chatctl -n "__fish_chatctl_needs_command" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_needs_command" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_needs_command" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_needs_command" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_needs_command" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_needs_command" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_needs_command" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_needs_command" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_needs_command" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_needs_command" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_needs_command" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_needs_command" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_needs_command" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_needs_command" -s V -l version -d 'Print version'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "room" -d 'Send, read and follow the messages of a room'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "reaction" -d 'Send, remove and list message reactions'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "presence" -d 'Enter, update and list a room\'s presence set'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "typing" -d 'Send and follow typing indicators'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "occupancy" -d 'Get and follow room occupancy'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "token" -d 'Mint, request, verify, revoke and serve tokens'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "claims" -d 'Decode tokens, resolve user claims, find mistakes'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "capability" -d 'Check, explain, compare and test capabilities'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "auth" -d 'Check an auth endpoint as the SDKs would use it'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "serve" -d 'Run the embedded Ably-compatible chat server'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "exec" -d 'Run a command with a chat server of its own'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "local" -d 'Manage the local server'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "app" -d 'Create, reset and delete isolated apps in a running server'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "config" -d 'Show and edit settings and profiles'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "whoami" -d 'Show which credential is in force, and from where'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "doctor" -d 'Check address, clock, credential and connection'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "bench" -d 'Measure a server'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "error" -d 'Explain an Ably error code, or find one'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "version" -d 'Print the version, the commit and the build'
complete -c chatctl -n "__fish_chatctl_needs_command" -f -a "help" -d 'Explain a command or a topic'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "send" -d 'Send messages to a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "tail" -d 'Follow the events of one or more rooms'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "join" -d 'Join a room: send lines of standard input, print events'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "expect" -d 'Wait for an expected event, for scripts and tests'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "history" -d 'Read the messages of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "get" -d 'Show a message in its newest version'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "versions" -d 'Show all versions of a message, the oldest first'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "update" -d 'Change the text of a message'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "delete" -d 'Delete messages'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "react" -d 'Send a room reaction'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "list" -d 'List active rooms with their occupancy'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "export" -d 'Export the messages of a room as JSON lines, oldest first'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and not __fish_seen_subcommand_from send tail join expect history get versions update delete react list export import" -f -a "import" -d 'Send the messages of an export to a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l metadata -d 'Metadata of the message, a JSON object; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l headers -d 'Headers for rules and filters, a flat JSON object; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l count -d 'Send N messages, one after another; `{n}` in the text is the number, from 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l rate -d 'Maximum send rate, as in 10/s, 300/m or 5 (per second)' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l resume -d 'Record progress in FILE, and continue from there: the same input to the same room sends only the rest' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l await -d 'Wait for the first event after the message for which this jq filter is true, and print it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l within -d 'Time to wait for it, then exit 1 [default: that of --timeout]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l lines -d 'Send each line of standard input as a message; empty ones are left out'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l jsonl -d 'Send each line of standard input, a JSON object with text and optionally metadata and headers, as a message'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l dry-run -d 'Show the request without sending it'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l curl -d 'Print the request as a curl command, with the secret from the environment'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l events -d 'Kinds of events to print, separated by commas' -r -f -a "messages\t'Messages sent, updated and deleted'
reactions\t'Summaries of the reactions to messages'
room-reactions\t'Room reactions'
typing\t'Typing started and stopped'
presence\t'Members entering, updating and leaving'
occupancy\t'Occupancy metrics'
connection\t'Listening, connected, disconnected, discontinuity'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l history -d 'Begin with the newest N messages of the history' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l start -d 'Begin with the messages sent at or after this time: a date or time as in 2026-11-30 or 2026-11-30T09:00 (local), RFC 3339, epoch milliseconds, or `-5m` for five minutes ago' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l limit -d 'End after N events' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l duration -d 'End after this time; exits 1 if --limit or --until is not met by then' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l idle -d 'End when no event has arrived for this long' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l until -d 'End with the first event for which this jq filter is true; any other ending exits 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l cursor -d 'Continue after the last event that an earlier run with this file printed' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l exec -d 'Run this shell command for each event, with the event as JSON on its standard input, instead of printing it; if it fails, the tail ends with its status' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l drain -d 'End when everything that was there at the start is printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l events -d 'Kinds of events to print, separated by commas [default: messages; on a terminal messages,reactions,presence,typing,room-reactions]' -r -f -a "messages\t'Messages sent, updated and deleted'
reactions\t'Summaries of the reactions to messages'
room-reactions\t'Room reactions'
typing\t'Typing started and stopped'
presence\t'Members entering, updating and leaving'
occupancy\t'Occupancy metrics'
connection\t'Listening, connected, disconnected, discontinuity'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l jsonl -d 'Read lines as JSON objects with text, and optionally metadata and headers'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l echo -d 'Print the messages that this command sends too; those of other commands are always printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l exactly -d 'Expect exactly N such events within the whole time; 0 for none at all' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l never -d 'jq filter that is true for an event that must not arrive before' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l within -d 'Time to wait [default: that of --timeout]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from expect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l start -d 'Only messages sent at or after this time: a date or time as in 2026-11-30 or 2026-11-30T09:00 (local), RFC 3339, epoch milliseconds, or `-5m` for five minutes ago' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l end -d 'Only messages sent before this time' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l order -d 'Order of the messages' -r -f -a "newest\t''
oldest\t''"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l limit -d 'Maximum number of messages' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l all -d 'All messages, however many there are'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from versions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l metadata -d 'New metadata of the message, a JSON object; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l headers -d 'New headers of the message, a flat JSON object; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l description -d 'Reason for the edit' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l edit-metadata -d 'JSON object of strings about the edit; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l replace -d 'Remove metadata and headers that are not named'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l dry-run -d 'Show the request without sending it'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l curl -d 'Print the request as a curl command, with the secret from the environment'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l description -d 'Reason for the deletion' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l metadata -d 'JSON object of strings about the deletion; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l force -d 'Delete several messages without asking'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show the request without sending it'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l curl -d 'Print the request as a curl command, with the secret from the environment'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l metadata -d 'JSON object that the application sends with it; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l headers -d 'Flat JSON object of facts for rules and filters; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from react" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l prefix -d 'Only rooms whose names begin with this' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l start -d 'Only messages sent at or after this time: a date or time as in 2026-11-30 or 2026-11-30T09:00 (local), RFC 3339, epoch milliseconds, or `-5m` for five minutes ago' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l end -d 'Only messages sent before this time' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l resume -d 'Record progress in FILE, and continue from there with the same room and input' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand room; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -f -a "send" -d 'Send a reaction to a message'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -f -a "remove" -d 'Remove a reaction from a message'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -f -a "list" -d 'List one client\'s reactions to a message'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and not __fish_seen_subcommand_from send remove list tail" -f -a "tail" -d 'Follow the reactions to the messages of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l type -d 'Type of the reaction' -r -f -a "unique\t'One reaction per client: a new one replaces it'
distinct\t'Each name once per client'
multiple\t'Each name any number of times'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l count -d 'Count of the reaction, for --type multiple' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l dry-run -d 'Show the request without sending it'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l curl -d 'Print the request as a curl command, with the secret from the environment'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l type -d 'Type of the reaction [default: distinct]' -r -f -a "unique\t'One reaction per client: a new one replaces it'
distinct\t'Each name once per client'
multiple\t'Each name any number of times'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l dry-run -d 'Show the request without sending it'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l curl -d 'Print the request as a curl command, with the secret from the environment'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l client -d 'Client whose reactions are listed [default: this client]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l limit -d 'End after N events' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l duration -d 'End after this time; exits 1 if --limit or --until is not met by then' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l idle -d 'End when no event has arrived for this long' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l until -d 'End with the first event for which this jq filter is true; any other ending exits 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l raw -d 'Print each reaction instead of summaries'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand reaction; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -f -a "list" -d 'List the members of a room\'s presence set'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -f -a "enter" -d 'Enter a room\'s presence set while a command runs, or until interrupted'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -f -a "update" -d 'Update the data of a running presence enter'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -f -a "leave" -d 'Make a running presence enter leave its room'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and not __fish_seen_subcommand_from list enter update leave tail" -f -a "tail" -d 'Follow the presence events of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l data -d 'Data of the member, as JSON; `-` or `@FILE` reads it' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from enter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l data -d 'Data of the member, as JSON; `-` or `@FILE` reads it [default: none]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from leave" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l limit -d 'End after N events' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l duration -d 'End after this time; exits 1 if --limit or --until is not met by then' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l idle -d 'End when no event has arrived for this long' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l until -d 'End with the first event for which this jq filter is true; any other ending exits 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand presence; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -f -a "start" -d 'Send a typing indicator until interrupted or for a time'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and not __fish_seen_subcommand_from start tail" -f -a "tail" -d 'Follow the typing indicators of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l for -d 'Duration of the indicator [default: until interrupted]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l limit -d 'End after N events' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l duration -d 'End after this time; exits 1 if --limit or --until is not met by then' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l idle -d 'End when no event has arrived for this long' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l until -d 'End with the first event for which this jq filter is true; any other ending exits 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand typing; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -f -a "get" -d 'Show the number of connections and presence members of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and not __fish_seen_subcommand_from get tail" -f -a "tail" -d 'Follow the number of connections and presence members of a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l limit -d 'End after N events' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l duration -d 'End after this time; exits 1 if --limit or --until is not met by then' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l idle -d 'End when no event has arrived for this long' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l until -d 'End with the first event for which this jq filter is true; any other ending exits 1' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand occupancy; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "mint" -d 'Mint an Ably JWT, signed with the API key'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "request" -d 'Sign a TokenRequest, which a client exchanges for an Ably token'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "issue" -d 'Request an Ably token from the endpoint with the API key'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "verify" -d 'Verify a token\'s signature, key, times and claims'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "revoke" -d 'Revoke tokens of the API key by clientId, revocation key or channel'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and not __fish_seen_subcommand_from mint request issue verify revoke serve" -f -a "serve" -d 'Run a local auth server, for front-end work'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l ttl -d 'Lifetime of the token [default: 1h]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l capability -d 'Capability as JSON: `{"lobby":["publish","subscribe"]}`; `-` for standard input, `@file` for a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l allow -d 'Allow operations in a room or pattern: `--allow dms:*=publish,subscribe`' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l grant -d 'Allow the operations that Chat features need in a room or pattern: `--grant lobby=send-messages,typing`; `all` for an ordinary user' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l claim -d 'User claim for a room or pattern: `--claim \'dms:*={"role":"member"}\'`' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l channel-claim -d 'User claim for a Pub/Sub channel or pattern' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l revocation-key -d 'Group that the token can be revoked with' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l set -d 'Any other claim, as JSON: `--set \'sub="alice"\'`; replaces one of the above of the same name' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l issued-at -d 'Time of issue: RFC 3339, epoch milliseconds, or -5m from now [default: now]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l expires-at -d 'Time of expiry, instead of --ttl' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l count -d 'Mint N tokens, one per line; `{n}` in --client-id becomes 1, 2, …' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l invalid -d 'Mint an invalid token of this kind, for negative tests' -r -f -a "expired\t''
not-yet-valid\t''
bad-signature\t''
wrong-key\t''
unknown-key\t''
alg-none\t''
no-expiry\t''
no-kid\t''
capability-garbage\t''
milliseconds\t''
ttl-too-long\t''
truncated\t''"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l capability-as-object -d 'Write the capability as an object instead of JSON text, as some tools do'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from mint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l ttl -d 'Lifetime of the token [default: 1h, by the server]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l capability -d 'Capability as JSON: `{"lobby":["publish","subscribe"]}`; `-` for standard input, `@file` for a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l allow -d 'Allow operations in a room or pattern: `--allow dms:*=publish,subscribe`' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l grant -d 'Allow the operations that Chat features need in a room or pattern: `--grant lobby=send-messages,typing`; `all` for an ordinary user' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l timestamp -d 'Time of the request [default: now]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l nonce -d 'Value that makes the request unique [default: 16 random digits]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l ttl -d 'Lifetime of the token [default: 1h, by the server]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l capability -d 'Capability as JSON: `{"lobby":["publish","subscribe"]}`; `-` for standard input, `@file` for a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l allow -d 'Allow operations in a room or pattern: `--allow dms:*=publish,subscribe`' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l grant -d 'Allow the operations that Chat features need in a room or pattern: `--grant lobby=send-messages,typing`; `all` for an ordinary user' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from issue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l min-remaining -d 'Exit 1 when less than this time is left' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l key-capability -d 'Capability of the key, as JSON [default: full access]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l times-only -d 'Check only the times, without a key'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l live -d 'Ask the endpoint, with a request that changes nothing'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l client -d 'Revoke the tokens with this clientId (exact match)' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l revocation-key -d 'Revoke the tokens that were minted with this --revocation-key' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l channel -d 'Revoke the tokens whose capability has this resource (exact match; patterns are not expanded)' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l issued-before -d 'Only tokens issued before this time: RFC 3339, epoch milliseconds, or -5m from now; at most an hour ago [default: now]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l allow-reauth-margin -d 'Give clients half a minute to get a new token before they are disconnected'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s f -l force -d 'Revoke without asking'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l listen -d 'Address to listen on; port 0 takes a free one' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l users -d 'File with the users that get tokens and their rights, in TOML' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l allow-host -d 'Host that requests may name beside loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l allow-origin -d 'Origin whose pages may use the server beside those of loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l ttl -d 'Lifetime of tokens unless the file or the request gives one' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand token; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -f -a "decode" -d 'Decode a token: header, times, capability, user claims, warnings'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -f -a "resolve" -d 'Show the user claim that events in a room carry, and its pattern'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and not __fish_seen_subcommand_from decode resolve lint" -f -a "lint" -d 'Find common mistakes in Ably JWTs and TokenRequests'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l key-capability -d 'Capability of the key, as JSON [default: full access]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l verify -d 'Verify the token with the API key'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l room -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l key-capability -d 'Capability of the key, as JSON' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l policy -d 'Policy whose [lint.CODE] tables set severities; nothing else in it is used. `-` for standard input' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l format -r -f -a "table\t'For people'
json\t'One JSON value'
tap\t'TAP version 14'
junit\t'JUnit XML'
github\t'Annotations of GitHub Actions'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l chat -d 'The token is for Chat, which refuses anonymous clients'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand claims; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "features" -d 'List the features of Chat and the operations that each needs'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "check" -d 'Check whether features or operations are allowed in rooms'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "matrix" -d 'Show which features are allowed in which rooms'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "explain" -d 'Explain a decision pattern by pattern, with the smallest fix'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "diff" -d 'Show what capability B opens and closes against A'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "intersect" -d 'Print the capability that allows exactly what both A and B allow'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "who-can" -d 'List the roles or tokens that may do something in a room'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "test" -d 'Test that roles may do what a policy says, and nothing else'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "schema" -d 'Print the JSON Schema of policy files'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "minimize" -d 'Find the least capability that each client of an access log needs'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and not __fish_seen_subcommand_from features check matrix explain diff intersect who-can test schema minimize lint" -f -a "lint" -d 'Find common mistakes in capabilities, each with reason and fix'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from features" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l feature -d 'Chat features, as `chatctl capability features` lists them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l op -d 'Operations, as capabilities name them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l capability -d 'Capability to inspect, as JSON; `-` for standard input, `@file` for a file [default: that of --token]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l key-capability -d 'Capability of the key, as JSON: a token never grants more than its key' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l live -d 'Do it at the endpoint, with its credentials, and undo it'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l capability -d 'Capability to inspect, as JSON; `-` for standard input, `@file` for a file [default: that of --token]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l key-capability -d 'Capability of the key, as JSON: a token never grants more than its key' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from matrix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l feature -d 'Chat features, as `chatctl capability features` lists them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l op -d 'Operations, as capabilities name them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l capability -d 'Capability to inspect, as JSON; `-` for standard input, `@file` for a file [default: that of --token]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l key-capability -d 'Capability of the key, as JSON: a token never grants more than its key' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l allow-widening -d 'Exit 0 although B opens something'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l prove -d 'Prove the difference on a fresh server: what B opens must be refused with A, and succeed with B'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from intersect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l feature -d 'Chat feature, as `chatctl capability features` lists them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l op -d 'Operation, as capabilities name them' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l policy -d 'Policy whose roles are checked; `-` for standard input' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l tokens -d 'Tokens to check, one per line; `-` for standard input, `@file` for a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l run-commands -d 'Run the token commands of the policy, which are shell commands in it'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from who-can" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l test -d 'Only tests whose names contain this' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l role -d 'Only expectations and rights of this role' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l room -d 'Only expectations in this room' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l format -r -f -a "table\t'For people'
json\t'One JSON value'
tap\t'TAP version 14'
junit\t'JUnit XML'
github\t'Annotations of GitHub Actions'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l min-coverage -d 'Fail if tests exercise less than this share of what is granted, in per cent' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l jobs -d 'Number of rooms to try at a time with --live' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l fail-fast -d 'Stop at the first failure'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l mutate -d 'Change each role by one right, less or more, or by a rule that holds everywhere, and fail if no test notices; report redundant expectations'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l live -d 'Do everything at the endpoint too, in fresh rooms where that proves the same, and undo it'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l run-commands -d 'Run the token commands of the policy, which are shell commands in it; --live implies it'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l generalize -d 'Combine at least N rooms that differ in one segment into a pattern [default: 3]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l together -d 'Find one capability for all clients together'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from minimize" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l policy -d 'Policy whose roles are checked; `-` for standard input' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l key-capability -d 'Capability of the key, as JSON: a token never grants more than its key' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l format -r -f -a "table\t'For people'
json\t'One JSON value'
tap\t'TAP version 14'
junit\t'JUnit XML'
github\t'Annotations of GitHub Actions'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand capability; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and not __fish_seen_subcommand_from check" -f -a "check" -d 'Check an auth endpoint as the SDKs would use it'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l as -d 'User with the header that identifies them to the endpoint; repeatable [default: two made-up names]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l max-capability -d 'Most that tokens may grant, as JSON; `-` for standard input, `@file` for a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l slow -d 'Time limit of an answer' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand auth; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l listen -d 'Address to listen on; port 0 takes a free one [default: 127.0.0.1:9080]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l store -d 'Store of the rooms: \'memory\', which ends with the server, or \'sqlite:PATH\', a file that is created if it does not exist' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l config -d 'File with the server\'s keys and rules, in TOML: [[keys]] with key, capability, revocable-tokens; [[namespaces]] with id, mutable-messages, identified; [limits] with publish-rate, connection-limit, channel-limit, continuity-window, retention-size of the store (in memory 1GiB by default), and retention-age and retention-count of a store file; allow-host and allow-origin, lists that add to the flags; seed with the name of a seed file' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l seed -d 'File with the initial state, which a reset returns to: keys, namespaces, rooms with messages and members, in TOML or JSON lines; or a store file of --store, which is not changed: its channels with all their history, serials included. See chatctl help seeds' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l connection-limit -d 'Maximum number of connections [default: unlimited]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l access-log -l record -d 'Append each operation with client, room and result, and each refused login, to this file as JSON lines, for capability minimize and for audits' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l tls -d 'Use TLS, with a generated certificate or with a certificate and key in PEM files' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l tls-cert-out -d 'Write the certificate of --tls self-signed to this file, for clients to trust' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l allow-host -d 'Host that requests may name beside loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l allow-origin -d 'Origin whose pages may use the server beside those of loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l metrics -d 'Serve /metrics (Prometheus), /healthz and /readyz at this address, apart from the clients' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l ready-file -d 'Write the server\'s address and keys to this file, as JSON, once it accepts connections; one of an earlier server is removed at the start, and this one at the end' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l dev -d 'Use the address 127.0.0.1:9080 and the well-known key dev.local:dev-secret-not-for-production unless --listen and --key give others, and serve /api/ably-jwt and /api/ably-token'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l provision-apps -d 'Allow POST /apps to create apps without a key; otherwise it needs a key of the server with full access'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -l exit-on-stdin-close -d 'Exit when standard input is closed, which the end of the program that started the server does too'
complete -c chatctl -n "__fish_chatctl_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l store -d 'Store of the rooms: \'memory\', which ends with the server, or \'sqlite:PATH\', a file that is created if it does not exist' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l config -d 'File with the server\'s keys and rules, in TOML: [[keys]] with key, capability, revocable-tokens; [[namespaces]] with id, mutable-messages, identified; [limits] with publish-rate, connection-limit, channel-limit, continuity-window, retention-size of the store (in memory 1GiB by default), and retention-age and retention-count of a store file; allow-host and allow-origin, lists that add to the flags; seed with the name of a seed file' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l seed -d 'File with the initial state, which a reset returns to: keys, namespaces, rooms with messages and members, in TOML or JSON lines; or a store file of --store, which is not changed: its channels with all their history, serials included. See chatctl help seeds' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l connection-limit -d 'Maximum number of connections [default: unlimited]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l access-log -l record -d 'Append each operation with client, room and result, and each refused login, to this file as JSON lines, for capability minimize and for audits' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l tls -d 'Use TLS, with a generated certificate or with a certificate and key in PEM files' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l tls-cert-out -d 'Write the certificate of --tls self-signed to this file, for clients to trust' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l allow-host -d 'Host that requests may name beside loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l allow-origin -d 'Origin whose pages may use the server beside those of loopback, where the credential is public or generated; repeat it for more' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l metrics -d 'Serve /metrics (Prometheus), /healthz and /readyz at this address, apart from the clients' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l capability -d 'Capability of the command\'s key, as JSON; `-` for standard input, `@file` for a file [default: full access]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -l provision-apps -d 'Allow POST /apps to create apps without a key; otherwise it needs a key of the server with full access'
complete -c chatctl -n "__fish_chatctl_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -f -a "status" -d 'Show whether the local server runs, with its address and files'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -f -a "stop" -d 'Stop the local server'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -f -a "reset" -d 'Delete all rooms of the local server'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and not __fish_seen_subcommand_from status stop reset env" -f -a "env" -d 'Print the variables that lead other programs to the local server'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l force -d 'Reset without asking'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l format -d 'Form of the variables, whatever --json, -o and CHATCTL_OUTPUT ask for [default: shell]' -r -f -a "shell\t'For `eval` in a shell'
dotenv\t'For a `.env` file'
json\t'One JSON object'
github\t'For the file that `GITHUB_ENV` names'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l dev -d 'Print the variables of \'chatctl serve --dev\''
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand local; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -f -a "create" -d 'Create an app with keys of its own in a running server'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -f -a "reset" -d 'Reset an app to its initial state'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and not __fish_seen_subcommand_from create reset delete" -f -a "delete" -d 'Delete an app that app create made'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l capability -d 'Capability of a key of the app, as JSON; `-` for standard input, `@file` for a file; repeat it for more keys [default: one key with full access]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l seed -d 'File with the initial state, which a reset returns to: namespaces, rooms with messages and members; or a store file, whose channels are the initial state; see chatctl help seeds' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l format -d 'Print the variables that lead other programs to the app, in this form whatever --json, -o and CHATCTL_OUTPUT ask for' -r -f -a "shell\t'For `eval` in a shell'
dotenv\t'For a `.env` file'
json\t'One JSON object'
github\t'For the file that `GITHUB_ENV` names'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand app; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "show" -d 'Show the settings in force, each with its origin'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "path" -d 'Print the path of the config file, whether it exists or not'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "get" -d 'Print a value of the config file'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "set" -d 'Set a value of the config file'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "unset" -d 'Remove a value from the config file'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "list" -d 'List the profiles of the config file'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "use" -d 'Use a profile from now on'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and not __fish_seen_subcommand_from show path get set unset list use edit" -f -a "edit" -d 'Edit the config file'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand config; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -l offline -d 'Ask nobody, run no command and fetch no token'
complete -c chatctl -n "__fish_chatctl_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -s h -l help -d 'Print help'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -f -a "fanout" -d 'Measure how fast messages come from few to many'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -f -a "send" -d 'Measure how fast messages are sent'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -f -a "connect" -d 'Measure how fast clients connect and attach'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -f -a "presence" -d 'Measure how fast presence changes come to watchers'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and not __fish_seen_subcommand_from fanout send connect presence mint" -f -a "mint" -d 'Measure how fast tokens are minted'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l publishers -d 'Clients that send' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l subscribers -d 'Clients that receive, each over a connection of its own' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l rate -d 'Messages a second of each publisher [default: as fast as they are received]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l size -d 'Length of each message, in bytes' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l duration -d 'Time to measure [default: 10s]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l count -d 'Measure N operations, however long they take' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l warm-up -d 'Time before it, which is not measured' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l local -d 'Measure the local server, instead of one that is started for it'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l yes -d 'Confirm that a server on another machine is to be loaded'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from fanout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l senders -d 'Clients that send at the same time, each one message after the other' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l rate -d 'Messages a second of each sender [default: as fast as they are answered]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l size -d 'Length of each message, in bytes' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l duration -d 'Time to measure [default: 10s]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l count -d 'Measure N operations, however long they take' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l warm-up -d 'Time before it, which is not measured' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l local -d 'Measure the local server, instead of one that is started for it'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l yes -d 'Confirm that a server on another machine is to be loaded'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l clients -d 'Clients that connect at the same time' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l duration -d 'Time to measure [default: 10s]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l count -d 'Measure N operations, however long they take' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l warm-up -d 'Time before it, which is not measured' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l local -d 'Measure the local server, instead of one that is started for it'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l yes -d 'Confirm that a server on another machine is to be loaded'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l members -d 'Clients that are present, each over a connection of its own' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l watchers -d 'Clients that watch, each over a connection of its own' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l rate -d 'Changes a second of each member [default: as fast as they are received]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l duration -d 'Time to measure [default: 10s]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l count -d 'Measure N operations, however long they take' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l warm-up -d 'Time before it, which is not measured' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l local -d 'Measure the local server, instead of one that is started for it'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l yes -d 'Confirm that a server on another machine is to be loaded'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from presence" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l duration -d 'Time to measure [default: 10s]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l count -d 'Measure N operations, however long they take' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l warm-up -d 'Time before it, which is not measured' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand bench; and __fish_seen_subcommand_from mint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand error" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l key -d 'API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l key-file -d 'File that holds the API key' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l token -d 'Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l token-file -d 'File that holds the token' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l auth-url -d 'Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l auth-command -d 'Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l auth-method -d 'Method for --auth-url: GET or POST [default: GET]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l auth-header -d 'Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer --auth-command with a file' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l auth-param -d 'Parameter for --auth-url: in the query of GET, in the form of POST' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l client-id -d 'Identity to act as [env: `ABLY_CLIENT_ID`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l endpoint -d 'Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l profile -d 'Profile of the config file to use [env: `CHATCTL_PROFILE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l ca-file -d 'PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l wire -d 'Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l timeout -d 'Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -s o -l output -d 'Form of the result [default: table] [env: `CHATCTL_OUTPUT`]' -r -f -a "table\t'For people: aligned columns'
json\t'One JSON value for the whole result'
jsonl\t'One JSON value per line'
tap\t'TAP version 14, of commands that report tests'
junit\t'JUnit XML, of commands that report tests'
github\t'Annotations of GitHub Actions, of commands that report tests'"
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l jq -d 'Filter the JSON with a jq program; strings are printed raw' -r
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l color -d 'Use of colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l log-level -d 'Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]' -r -f -a "trace\t'Every frame and request'
debug\t'State changes in detail'
info\t'Activity'
warn\t'Warnings'
error\t'Failures'
silent\t'Nothing'"
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l log-file -d 'Log to a file instead of standard error' -r -F
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l log-format -d 'Form of log lines [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object per line'"
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -l json -d 'Print JSON: the same as `-o json`'
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -s v -l verbose -d 'Log activity: the same as `--log-level info`; twice for debug, three times for trace'
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -s q -l quiet -d 'Hide notices; warnings and errors are still printed'
complete -c chatctl -n "__fish_chatctl_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
