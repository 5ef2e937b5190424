#!/bin/sh
# The tour of the README, command by command. Run it by `make demo`.
set -eu

run() {
    printf '\n$ recli'
    for word in "$@"; do
        case $word in *" "*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    recli "$@"
}

run fetch
run stats --popularity -n 5
run train
run similar "Star Trek" -n 5
run recommend --rate "Star Wars=5" --rate "Fargo=4" -n 5 --explain
run train dot
run similar "Star Trek" -n 5 --model dot
run evaluate
run project

printf '\nThe map of the films is in %s: open it in a browser.\n' "$(recli project -q)"
