#!/usr/bin/env bash
# Runs a command and reports it to Boardcast as an attempt:
#
#   BOARDCAST_BOARD_ID=… examples/report-build.sh -- make test
#
# It is queued, then running; what it prints becomes its log; it succeeds or fails by its exit code, which is also this
# script's. A server that is away never breaks a build. Needs bash 4.4 and curl. More can be said by the environment:
#
#   BOARDCAST_URL         where the server is           http://127.0.0.1:4400
#   BOARDCAST_TOKEN       for a server that wants one   none
#   BOARDCAST_CARD_ID     the card that is tried        a new one
#   BOARDCAST_TITLE       the new card's title          the command
#   BOARDCAST_BUILD_ID    what the attempt is called    a fresh name
#   BOARDCAST_AGENT, BOARDCAST_BRANCH, BOARDCAST_BASE   who builds what, and what it is compared with
set -u

if [ "${1-}" = -- ]; then shift; fi
if [ $# = 0 ] || [ -z "${BOARDCAST_BOARD_ID-}" ]; then
  echo "usage: BOARDCAST_BOARD_ID=BOARD report-build.sh -- COMMAND [ARGUMENT …]" >&2
  exit 64
fi
url=${BOARDCAST_URL:-http://127.0.0.1:4400} board=$BOARDCAST_BOARD_ID
token=${BOARDCAST_TOKEN-} attempt=${BOARDCAST_BUILD_ID:-build-$(date +%s)-$$}

# Standard input as the body of a POST. A passing failure is tried again; the token is in no argument list.
post() { # PATH CONTENT-TYPE
  curl --silent --show-error --fail --max-time 30 --retry 3 --retry-connrefused \
    --config <([ -z "$token" ] || printf 'header = "authorization: Bearer %s"\n' "$token") \
    --header "content-type: $2" --data-binary @- "${url%/}/api/v1$1"
}

# Lines as the insides of JSON strings: valid UTF-8, no colours, no control characters, within a log line's limit.
escaped() {
  cut -b -60000 | iconv -c -f UTF-8 -t UTF-8 | sed $'s/\e\\[[0-9;]*[A-Za-z]//g' | tr -d '\000-\010\013-\037\177' |
    sed $'s/["\\\\]/\\\\&/g; s/\t/\\\\t/g'
}
quoted() { printf '"%s"' "$(printf '%s' "$*" | tr '\n' ' ' | escaped)"; }

# When a report is lost for good, no more is said of this build: an attempt with a hole would be taken for whole.
lost=''
lose() {
  lost=yes
  echo 'report-build: a report is lost; the build goes on, the attempt stays as it is' >&2
}
# A batch of events. The pair of source and id is taken once, so that a repeat after a lost answer does no harm.
report() {
  [ -n "$lost" ] || post /events application/cloudevents-batch+json >/dev/null || lose
}
event() { # ID TYPE FIELDS
  printf '{"specversion":"1.0","source":"report-build/%s","id":"%s","type":"%s","data":{"boardId":"%s","attemptId":"%s"%s}}' \
    "$attempt" "$1" "$2" "$board" "$attempt" "${3:+,$3}"
}

sent=0
logs() { # LINE …
  report < <(printf '%s\n' "$@" | escaped | {
    separator='['
    while IFS= read -r message; do
      printf '%s' "$separator"
      event "line-$((sent += 1))" attempt.log.appended '"level":"info","message":"'"$message"'"'
      separator=','
    done
    printf ']'
  })
  sent=$((sent + $#))
}

# Prints what comes, and reports it a second or 200 lines at a time.
tell() {
  local line part='' batch=() since=0 status
  while :; do
    IFS= read -r -t 0.5 line && status=0 || status=$? # 1: the end; more: nothing for now
    part+=$line
    if [ $status = 0 ] || { [ $status = 1 ] && [ "$part" ]; }; then
      [ ${#batch[@]} != 0 ] || since=$SECONDS
      printf '%s\n' "$part"
      batch+=("$part") part=''
    fi
    if [ ${#batch[@]} != 0 ] && { [ $status != 0 ] || [ ${#batch[@]} = 200 ] || [ $SECONDS -gt "$since" ]; }; then
      logs "${batch[@]}"
      batch=()
    fi
    [ $status != 1 ] || return 0
  done
}

card=${BOARDCAST_CARD_ID-}
if [ -z "$card" ]; then
  title=${BOARDCAST_TITLE:-$*}
  made=$(printf '{"title":%s}' "$(quoted "${title:0:400}")" | post "/boards/$board/cards" application/json) || lose
  card=$(printf '%s' "$made" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
fi
who='"cardId":"'$card'","agent":'$(quoted "${BOARDCAST_AGENT:-build}")
where='"branchName":'$(quoted "${BOARDCAST_BRANCH-}")',"baseBranch":'$(quoted "${BOARDCAST_BASE-}")
report < <(printf '[' && event queued attempt.queued "$who,$where" && printf ']')

pid=''
trap '[ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null' INT TERM
# By a named pipe, because a job's exit code is kept until it is asked for.
dir=$(mktemp -d) && mkfifo "$dir/output" || exit 70
env -u BOARDCAST_TOKEN "$@" >"$dir/output" 2>&1 <&0 &
pid=$!
exec 3<"$dir/output"
rm -r "$dir"
report < <(printf '[' && event started attempt.started "$who,$where" && printf ',' &&
  event running attempt.status.changed "$who"',"status":"running"' && printf ']')
tell <&3
wait "$pid"
code=$?

case $code in
  0) end='"status":"succeeded"' ;;
  130 | 143) end='"status":"stopped"' ;;
  *) end='"status":"failed","error":'$(quoted "$1 ended with exit code $code") ;;
esac
report < <(printf '[' && event ended attempt.status.changed "$who,$end" && printf ']')
exit $code
