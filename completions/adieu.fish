# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_adieu_global_optspecs
    string join \n config= config-path= base-path= profile= C/chdir= home= o/output= q/quiet logs-level= no-color interactive= force-color= logs-file= redirect-stderr= force-tty= mask= pager= verbose use-version= profiler-enabled= profiler-host= profiler-port= profile-file= profile-type= heatmap= heatmap-mode= h/help V/version
end

function __fish_adieu_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_adieu_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_adieu_using_subcommand
    set -l cmd (__fish_adieu_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c adieu -n "__fish_adieu_needs_command" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_needs_command" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_needs_command" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_needs_command" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_needs_command" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_needs_command" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_needs_command" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_needs_command" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_needs_command" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_needs_command" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_needs_command" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_needs_command" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_needs_command" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_needs_command" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_needs_command" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_needs_command" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "status" -d 'Show who is signed in, what overrides it, and what was looked at'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "logout" -d 'Log out, remove session data, end sessions at the server, look again'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "login" -d 'Sign in to an AI tool with its own client, unless something would win over the login'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "switch" -d 'Change the account of an AI tool, log out, sign in with its own client, look who it is'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "revoke" -d 'End sessions at the server; what could not be ended is kept, to be tried again'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "list" -d 'Show providers, identities and sessions as a tree, a table, a graph or data'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "whoami" -d 'Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "validate" -d 'Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "env" -d 'Print the variables that let other programs use an identity, or take them away again'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "console" -d 'Open the dashboard, who is signed in, and a prompt for what to do about it'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "scan" -d 'Find secrets left in shell profiles, environment files and histories; values are never shown'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "audit" -d 'Show or check the audit trail'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "auth" -d 'The commands of atmos auth, for what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "org" -d 'The commands of sf org, for Salesforce orgs'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "project" -d 'Commands of sf project, which the real Salesforce CLI runs'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "man" -d 'Print the manual page'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "schema" -d 'Print the JSON schema of a commands output'
complete -c adieu -n "__fish_adieu_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand status" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand status" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand status" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand status" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand status" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -l allow-endpoint -d 'Trust this host with a token although only a configuration file names it (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand status" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand status" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand status" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand status" -l check -d 'Set the exit status, 1 if somebody is signed in or overridden, 3 if it could not be told'
complete -c adieu -n "__fish_adieu_using_subcommand status" -l online -d 'Also ask the servers whether they still accept what was found; nothing is ended by asking'
complete -c adieu -n "__fish_adieu_using_subcommand status" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand status" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s i -l identity -d 'The identity to log out of; without a value, a menu env, ATMOS_IDENTITY, IDENTITY' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l provider -d 'Log out of a provider and all identities through it; also a system, --provider aws' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l tags -d 'Log out of the providers that have any of these tags' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l allow-endpoint -d 'Trust this host with a token although only a configuration file names it (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l all -d 'Log out of everything'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l all-realms -d 'Log out of everything in every realm, configured or not'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l keychain -d 'Also delete credentials from the keychain; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l force -d 'Answer the questions with yes (never the one about a foreign server)'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l dry-run -d 'Show what would be removed, and change nothing'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l no-revoke -d 'Do not ask any server to end a session'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l online -d 'Afterwards ask the servers whether they refuse what they ended'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l no-refresh -d 'Do not renew a session whose access token has ended in order to end it'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l keep-unrevoked -d 'Keep what the server could not be told to end; otherwise what signing in wrote goes all the same'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l mcp -d 'Also remove logins to other services that an AI tool keeps (MCP servers, plugins)'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l complete -d 'Also remove the traces of who was signed in, backups, ids, caches'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l purge-data -d 'Also remove an AI tools history and transcripts; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -l strict -d 'Exit with 3 when something could not be removed, although something was'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand logout" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand login" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand login" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand login" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand login" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand login" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand login" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand login" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand login" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand login" -l force -d 'Sign in although a variable or setting comes before the login'
complete -c adieu -n "__fish_adieu_using_subcommand login" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand login" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l expect -d 'Fail unless this is signed in afterwards' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l timeout -d 'How long to wait for the server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand switch" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l force -d 'Switch although a variable or setting comes before the login'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -l no-revoke -d 'Do not ask any server to end the old session'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand switch" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s i -l identity -d 'The identity to log out of; without a value, a menu env, ATMOS_IDENTITY, IDENTITY' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l provider -d 'Log out of a provider and all identities through it; also a system, --provider aws' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l tags -d 'Log out of the providers that have any of these tags' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l allow-endpoint -d 'Trust this host with a token although only a configuration file names it (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l forget -d 'No longer remember that this was not ended at its server, an identity, a provider, a system, systemname, or all; no server is asked' -r
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l all -d 'Log out of everything'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l all-realms -d 'Log out of everything in every realm, configured or not'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l keychain -d 'Also delete credentials from the keychain; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l force -d 'Answer the questions with yes (never the one about a foreign server)'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l dry-run -d 'Show what would be removed, and change nothing'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l no-revoke -d 'Do not ask any server to end a session'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l online -d 'Afterwards ask the servers whether they refuse what they ended'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l no-refresh -d 'Do not renew a session whose access token has ended in order to end it'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l keep-unrevoked -d 'Keep what the server could not be told to end; otherwise what signing in wrote goes all the same'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l mcp -d 'Also remove logins to other services that an AI tool keeps (MCP servers, plugins)'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l complete -d 'Also remove the traces of who was signed in, backups, ids, caches'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l purge-data -d 'Also remove an AI tools history and transcripts; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l strict -d 'Exit with 3 when something could not be removed, although something was'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -l pending -d 'List what earlier logouts could not end at its server; nothing is ended by it'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand revoke" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand list" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand list" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand list" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand list" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand list" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -s f -l format -d 'The form of the list default, tree' -r -f -a "tree\t'Providers with the identities behind them'
table\t'Two tables'
json\t'adieu list, the sessions, as -o json; adieu auth list, the configuration, as Atmos prints it, secrets hidden'
yaml\t'The same as YAML'
markdown\t'A Mermaid graph in a Markdown page'
graphviz\t'A graph for Graphviz'
mermaid\t'A graph for Mermaid'"
complete -c adieu -n "__fish_adieu_using_subcommand list" -l providers -d 'Only providers; with a value (--providers=a,b), only these' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l identities -d 'Only identities; with a value (--identities=a,b), only these' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -l tags -d 'Only what has any of these tags' -r
complete -c adieu -n "__fish_adieu_using_subcommand list" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand list" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand list" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand list" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand list" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s i -l identity -d 'The identity; without a value, a menu env, ATMOS_IDENTITY, IDENTITY default, the default identity' -r
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s v -d 'Also show what was read and what was found in it, as --verbose'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand validate" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand env" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand env" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand env" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand env" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -s i -l identity -d 'The identity; without a value, a menu env, ATMOS_IDENTITY, IDENTITY default, the default identity' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -s f -l format -d 'For which shell or file env, ATMOS_AUTH_ENV_FORMAT default, bash' -r -f -a "bash\t'export NAME=value, for bash, zsh and their like'
fish\t'set -gx NAME value'
powershell\t'EnvNAME = value'
dotenv\t'NAME=value, quoted where needed'
env\t'NAME=value, never quoted'
github\t'For the file that GITHUB_ENV names'
json\t'An object'"
complete -c adieu -n "__fish_adieu_using_subcommand env" -l output-file -d 'Append to this file instead of printing, also as -o FILE; github appends to GITHUB_ENV by itself env, ATMOS_AUTH_ENV_OUTPUT_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand env" -l unset -d 'Take away the variables of this identity, or of all configured ones, that are set here and point at them' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -l allow-variable -d 'Let atmos.yaml choose this variable too, although it may steer other programs, such as PATH (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand env" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand env" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand env" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand env" -l all-variables -d 'With --unset, take away all of these variables, set or not, wherever they point'
complete -c adieu -n "__fish_adieu_using_subcommand env" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand env" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand console" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand console" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand console" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand console" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand console" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand console" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand console" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand console" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand console" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand console" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s f -l format -d 'How to print; eval prints the lines that take what is set here out of the calling shell' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema scan'
sarif\t'For code scanning, SARIF 2.1.0'
eval\t'Lines that the calling shell is to evaluate'"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l shell -d 'The shell that --format eval prints for default, that of SHELL' -r -f -a "bash\t'bash, sh, ksh'
zsh\t'Z shell'
fish\t'fish'
csh\t'csh, tcsh'
powershell\t'PowerShell'
cmd\t'The Windows command prompt'
nushell\t'Nushell'"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l name -d 'Only these variables (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l fix -d 'Take what was found out of the files; shows what would change, and asks first' -r -f -a "comment\t'It becomes a comment; the secret stays in the file'
remove\t'It goes'"
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l environment -d 'Also look at the environment of this shell'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l force -l yes -d 'With --fix, answer the question with yes'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -l dry-run -d 'With --fix, show what would change, and change nothing'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand scan" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -f -a "show" -d 'Print the records, oldest first'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -f -a "verify" -d 'Check that no record but the last was changed, added or removed; what happened to the last one cannot be told from a chain'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and not __fish_seen_subcommand_from show verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s n -l last -d 'Only the last N records' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print the records, oldest first'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check that no record but the last was changed, added or removed; what happened to the last one cannot be told from a chain'
complete -c adieu -n "__fish_adieu_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "logout" -d 'Log out of what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "status" -d 'Show who is signed in, of what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "list" -d 'Show the configured providers and identities as a tree, a table, a graph or data'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "whoami" -d 'Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "validate" -d 'Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "env" -d 'Print the variables that let other programs use an identity, or take them away again'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and not __fish_seen_subcommand_from logout status list whoami validate env help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s i -l identity -d 'The identity to log out of; without a value, a menu env, ATMOS_IDENTITY, IDENTITY' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l provider -d 'Log out of a provider and all identities through it; also a system, --provider aws' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l tags -d 'Log out of the providers that have any of these tags' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l allow-endpoint -d 'Trust this host with a token although only a configuration file names it (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l all -d 'Log out of everything'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l all-realms -d 'Log out of everything in every realm, configured or not'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l keychain -d 'Also delete credentials from the keychain; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l force -d 'Answer the questions with yes (never the one about a foreign server)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l dry-run -d 'Show what would be removed, and change nothing'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-revoke -d 'Do not ask any server to end a session'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l online -d 'Afterwards ask the servers whether they refuse what they ended'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-refresh -d 'Do not renew a session whose access token has ended in order to end it'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l keep-unrevoked -d 'Keep what the server could not be told to end; otherwise what signing in wrote goes all the same'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l mcp -d 'Also remove logins to other services that an AI tool keeps (MCP servers, plugins)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l complete -d 'Also remove the traces of who was signed in, backups, ids, caches'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l purge-data -d 'Also remove an AI tools history and transcripts; asks first'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l strict -d 'Exit with 3 when something could not be removed, although something was'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from logout" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l allow-endpoint -d 'Trust this host with a token although only a configuration file names it (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l check -d 'Set the exit status, 1 if somebody is signed in or overridden, 3 if it could not be told'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l online -d 'Also ask the servers whether they still accept what was found; nothing is ended by asking'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s f -l format -d 'The form of the list default, tree' -r -f -a "tree\t'Providers with the identities behind them'
table\t'Two tables'
json\t'adieu list, the sessions, as -o json; adieu auth list, the configuration, as Atmos prints it, secrets hidden'
yaml\t'The same as YAML'
markdown\t'A Mermaid graph in a Markdown page'
graphviz\t'A graph for Graphviz'
mermaid\t'A graph for Mermaid'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l providers -d 'Only providers; with a value (--providers=a,b), only these' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l identities -d 'Only identities; with a value (--identities=a,b), only these' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l tags -d 'Only what has any of these tags' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s i -l identity -d 'The identity; without a value, a menu env, ATMOS_IDENTITY, IDENTITY default, the default identity' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from whoami" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s v -d 'Also show what was read and what was found in it, as --verbose'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from validate" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s i -l identity -d 'The identity; without a value, a menu env, ATMOS_IDENTITY, IDENTITY default, the default identity' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s f -l format -d 'For which shell or file env, ATMOS_AUTH_ENV_FORMAT default, bash' -r -f -a "bash\t'export NAME=value, for bash, zsh and their like'
fish\t'set -gx NAME value'
powershell\t'EnvNAME = value'
dotenv\t'NAME=value, quoted where needed'
env\t'NAME=value, never quoted'
github\t'For the file that GITHUB_ENV names'
json\t'An object'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l output-file -d 'Append to this file instead of printing, also as -o FILE; github appends to GITHUB_ENV by itself env, ATMOS_AUTH_ENV_OUTPUT_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l unset -d 'Take away the variables of this identity, or of all configured ones, that are set here and point at them' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l allow-variable -d 'Let atmos.yaml choose this variable too, although it may steer other programs, such as PATH (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l all-variables -d 'With --unset, take away all of these variables, set or not, wherever they point'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from env" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "logout" -d 'Log out of what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show who is signed in, of what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show the configured providers and identities as a tree, a table, a graph or data'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "whoami" -d 'Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "env" -d 'Print the variables that let other programs use an identity, or take them away again'
complete -c adieu -n "__fish_adieu_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -f -a "login" -d 'Sign in to an org, into the files that Salesforce CLI reads too'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -f -a "logout" -d 'Log out of orgs, end the authorization at Salesforce, remove it here, look again'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -f -a "list" -d 'Show the orgs that are signed in, and whether they still answer'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -f -a "display" -d 'Show one org'
complete -c adieu -n "__fish_adieu_using_subcommand org; and not __fish_seen_subcommand_from login logout list display help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "web" -d 'Sign in with a browser'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "jwt" -d 'Sign in with a private key, without a person, for scripts and pipelines'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "access-token" -d 'Sign in with an access token from SF_ACCESS_TOKEN, standard input or a question'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "sfdx-url" -d 'Sign in with an SFDX auth URL from a file or standard input'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "device" -d 'Sign in on another device, where the connected app allows it'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from login" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s o -l target-org -d 'User name or alias of an org (repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s c -l client-app -d 'Only unlink this client app of the org' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l output -d 'How to print; json is the same as --json' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l loglevel -d 'Accepted and ignored, as by Salesforce CLI' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s a -l all -d 'Log out of all orgs'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s p -l no-prompt -d 'Ask nothing, and remove an org here even if Salesforce could not be told'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l with-children -d 'Also log out of the scratch orgs and sandboxes that were made from these orgs'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l online -d 'Afterwards ask Salesforce whether it refuses the access tokens now'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l dry-run -d 'Show what would be ended and removed, and change nothing'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l keychain -d 'Also delete the encryption key, if no org is left that needs it'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l no-revoke -d 'Do not ask Salesforce to end anything; remove only what is here'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l json -d 'Print JSON as Salesforce CLI does; asks nothing'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from logout" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l timeout -d 'How long to wait for each server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l output -d 'How to print; json is the same as --json' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l loglevel -d 'Accepted and ignored, as by Salesforce CLI' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l all -d 'Also expired scratch orgs'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l verbose -d 'More columns'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l skip-connection-status -d 'Do not ask any server'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l json -d 'Print JSON as Salesforce CLI does; asks nothing'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -f -a "auth" -d 'Show what is signed in, from the files alone'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from list" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -s o -l target-org -d 'User name or alias of the org default, the default org' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l timeout -d 'How long to wait for the server, in seconds' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l output -d 'How to print; json is the same as --json' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l loglevel -d 'Accepted and ignored, as by Salesforce CLI' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l verbose -d 'Also show linked client apps'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l json -d 'Print JSON as Salesforce CLI does; asks nothing'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from display" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from help" -f -a "login" -d 'Sign in to an org, into the files that Salesforce CLI reads too'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from help" -f -a "logout" -d 'Log out of orgs, end the authorization at Salesforce, remove it here, look again'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show the orgs that are signed in, and whether they still answer'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from help" -f -a "display" -d 'Show one org'
complete -c adieu -n "__fish_adieu_using_subcommand org; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c adieu -n "__fish_adieu_using_subcommand project" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand project" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand project" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand project" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand project" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand project" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand project" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand project" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand project" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand completions" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand completions" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand completions" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand completions" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand man" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand man" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand man" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand man" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand man" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand man" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand man" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand man" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand man" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand man" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l config -d 'Use this configuration file instead of searching (repeatable, the later the stronger)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l config-path -d 'Use the configuration of this directory instead of searching (repeatable)' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l base-path -d 'Where stacks and imports start' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profile -d 'Apply these configuration profiles (comma list, repeatable)' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -s C -l chdir -d 'Work in this directory' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l home -d 'Look at this home directory instead of ones own, without this shells variables' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -s o -l output -d 'How to print' -r -f -a "human\t'For people'
json\t'For programs; see adieu schema'"
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l logs-level -d 'What to log on standard error, Trace, Debug, Info, Warning or Off' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l interactive -d 'Ask questions where somebody can answer; --interactive=false never asks env, ATMOS_INTERACTIVE' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l force-color -d 'Print with colour, wherever it goes env, ATMOS_FORCE_COLOR' -r -f -a "true\t''
false\t''"
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l logs-file -d 'Append the log lines to this file env, ATMOS_LOGS_FILE' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l redirect-stderr -d 'Append everything that is not data to this file env, ATMOS_REDIRECT_STDERR' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l force-tty -d 'Without effect, what is no terminal is never taken for one' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l mask -d 'Without effect, secrets are never shown' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l pager -d 'Without effect, nothing is shown in a pager' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l use-version -d 'Without effect, this is the only version' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profiler-enabled -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profiler-host -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profiler-port -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profile-file -d 'Without effect, nothing is profiled' -r -F
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l profile-type -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l heatmap -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l heatmap-mode -d 'Without effect, nothing is profiled' -r
complete -c adieu -n "__fish_adieu_using_subcommand schema" -s q -l quiet -d 'Print one line only'
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l no-color -d 'Print without colour'
complete -c adieu -n "__fish_adieu_using_subcommand schema" -l verbose -d 'Tell more; errors are always told with their causes'
complete -c adieu -n "__fish_adieu_using_subcommand schema" -s h -l help -d 'Print help (see more with --help)'
complete -c adieu -n "__fish_adieu_using_subcommand schema" -s V -l version -d 'Print version'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "status" -d 'Show who is signed in, what overrides it, and what was looked at'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "logout" -d 'Log out, remove session data, end sessions at the server, look again'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "login" -d 'Sign in to an AI tool with its own client, unless something would win over the login'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "switch" -d 'Change the account of an AI tool, log out, sign in with its own client, look who it is'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "revoke" -d 'End sessions at the server; what could not be ended is kept, to be tried again'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "list" -d 'Show providers, identities and sessions as a tree, a table, a graph or data'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "whoami" -d 'Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "validate" -d 'Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "env" -d 'Print the variables that let other programs use an identity, or take them away again'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "console" -d 'Open the dashboard, who is signed in, and a prompt for what to do about it'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "scan" -d 'Find secrets left in shell profiles, environment files and histories; values are never shown'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "audit" -d 'Show or check the audit trail'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "auth" -d 'The commands of atmos auth, for what atmos.yaml configures'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "org" -d 'The commands of sf org, for Salesforce orgs'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "project" -d 'Commands of sf project, which the real Salesforce CLI runs'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "man" -d 'Print the manual page'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "schema" -d 'Print the JSON schema of a commands output'
complete -c adieu -n "__fish_adieu_using_subcommand help; and not __fish_seen_subcommand_from status logout login switch revoke list whoami validate env console scan audit auth org project completions man schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
