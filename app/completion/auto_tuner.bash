# Completion of auto_tuner for bash: source it, or install it as
# /usr/share/bash-completion/completions/auto_tuner.

_auto_tuner_offer() { # words
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}

_auto_tuner_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

# What follows an option. Fails where nothing special does.
_auto_tuner_value() {
  case $before in
    --config | --token-file) _auto_tuner_files ;;
    --scenario) _auto_tuner_offer "1 2 3 4 5 6 all" ;;
    --policy) _auto_tuner_offer "auto twin climb threshold aimd gradient hold" ;;
    --judge) _auto_tuner_offer "auto load_normalised replay threshold" ;;
    --url | --target | --limit | --steps | --duration | --seed | --explain) ;;
    *) return 1 ;;
  esac
}

# What stands before and after the = of an assignment: bash gives them apart.
_auto_tuner_assign() { # names, values
  if [ "$word" = = ] || [ "$before" = = ]; then
    word=${word#=}
    _auto_tuner_offer "$2"
  else
    compopt -o nospace 2>/dev/null
    _auto_tuner_offer "$1"
  fi
}

_auto_tuner() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local access="--url --token-file --json --help"
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    _auto_tuner_offer "run node agent demo check-config probe simulate status history explain
      pause resume rollback set reload log-level --help --version"
    return
  fi
  _auto_tuner_value && return
  case ${COMP_WORDS[1]}:$word in
    run:*) _auto_tuner_offer "--config --duration --help" ;;
    node:*) _auto_tuner_offer "--config --listen-anywhere --duration --help" ;;
    agent:*) _auto_tuner_offer "--config --duration --help" ;;
    demo:*) _auto_tuner_offer "--scenario --help" ;;
    probe:*) _auto_tuner_offer "--config --help" ;;
    check-config:-*) _auto_tuner_offer "--help" ;;
    simulate:-*) _auto_tuner_offer "--policy --judge --seed --oracle
      --decisions --explain --json --log --help" ;;
    check-config:* | simulate:*) _auto_tuner_files ;;
    status:* | reload:*) _auto_tuner_offer "$access" ;;
    history:*) _auto_tuner_offer "$access --target --limit" ;;
    explain:* | pause:* | resume:*) _auto_tuner_offer "$access --target" ;;
    rollback:*) _auto_tuner_offer "$access --target --steps" ;;
    set:-*) _auto_tuner_offer "$access --target" ;;
    set:*) _auto_tuner_assign "batch_size= batch_timeout_ms= cache_size_mb=" "" ;;
    log-level:-*) _auto_tuner_offer "$access" ;;
    log-level:*) _auto_tuner_assign "monitor= analyzer= applier= watchdog=
      metrics= journal= target= pipeline= host= admin= node= fleet=
      agent= link=" \
      "trace debug info warning error off" ;;
  esac
}

complete -F _auto_tuner auto_tuner
