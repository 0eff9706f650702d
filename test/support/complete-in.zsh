#!/usr/bin/env zsh
# Types a line and the tab key into a zsh of its own, installed as the README says; prints the words it offers, one a line.
#   complete-in.zsh LINE FILE        FILE is written to on the way
zmodload zsh/zpty
hits=$2
: >$hits
zpty shell zsh -f -i
drain() { local chunk; while zpty -r -t shell chunk; do :; done }
# Lines are handed over by files, since a terminal shows again what is typed into it.
cat >$hits.rc <<'RC'
PROMPT=
unsetopt beep
autoload -U compinit
compinit -u -D
source <(ktool completion zsh)
bindkey '^I' complete-word
# Every word that the completion adds comes by here.
compadd() {
  local -a found
  if (( ${@[(I)-(O|A|D)*]} )); then builtin compadd "$@"; return; fi
  builtin compadd -O found "$@"
  print -rl -- $found >>$HITS
  builtin compadd "$@"
}
_offered() { print -r -- :done >>$HITS }
comppostfuncs=(_offered)
print -r -- :ready >>$HITS
RC
zpty -w shell "HITS=${(q)hits}; source ${(q)hits}.rc"
wait_for() {
  local tries
  for (( tries = 0; tries < 600; tries++ )); do
    drain
    if grep -qx -- $1 $hits; then return 0; fi
    zselect -t 5
  done
  print -r -- "no $1" >&2
  exit 1
}
zmodload zsh/zselect
wait_for :ready
zpty -w -n shell "$1"$'\t'
wait_for :done
zpty -d shell
grep -vx -e :ready -e :done -e '' $hits
exit 0
