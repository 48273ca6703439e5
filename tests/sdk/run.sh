#!/usr/bin/env bash
# The real SDKs against the ingest API, while the server is killed with kill -9 and started again: nothing that an SDK
# was told is in may be lost, and nothing may count twice, whatever it sent again.
#
# usage: tests/sdk/run.sh [PROGRAM] [EVENTS] [KILLS] [EVENTS_A_SECOND_OF_EACH_SDK]
# Installs the SDKs from their registries into tests/sdk. DATABASE_URL: a PostgreSQL to use instead of SQLite.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-target/release/candor}
events=${2:-100000}
kills=${3:-6}
rate=${4:-100000}
port=${PORT:-7072}
work=$(mktemp -d)
home="$work/home"
half=$((events / 2))

(cd tests/sdk && npm ci --no-audit --no-fund --silent >/dev/null 2>&1 || npm install --no-audit --no-fund --silent >/dev/null)
if [ ! -x tests/sdk/venv/bin/python ]; then
  python3 -m venv tests/sdk/venv
  tests/sdk/venv/bin/pip install --quiet --disable-pip-version-check "segment-analytics-python==2.4.0"
fi

field() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
start() { "$program" serve --home "$home" --listen "127.0.0.1:$port" >>"$work/server.txt" 2>&1 & server=$!; }
up() { for _ in $(seq 1 200); do curl -s -o /dev/null "http://127.0.0.1:$port/healthz" && return; sleep 0.05; done; cat "$work/server.txt"; exit 1; }
trap 'kill -9 $server 2>/dev/null || true; rm -rf "$work"' EXIT

key=$("$program" key add sdk --home "$home" --json | field "['key']")
start; up
node tests/sdk/node.mjs "http://127.0.0.1:$port" "$key" "$half" "$rate" >"$work/node.json" & node=$!
tests/sdk/venv/bin/python tests/sdk/python.py "http://127.0.0.1:$port" "$key" "$((events - half))" "$rate" >"$work/python.json" & python=$!

done_kills=0
while [ "$done_kills" -lt "$kills" ] && kill -0 "$node" 2>/dev/null && kill -0 "$python" 2>/dev/null; do
  # Some way into the run, however long it is.
  sleep "$((events / 20000)).$((RANDOM % 7 + 3))"
  kill -9 "$server"; wait "$server" 2>/dev/null || true
  done_kills=$((done_kills + 1))
  start; up
done
status=0
wait "$node" || status=1
wait "$python" || status=1
cat "$work/node.json" "$work/python.json"

# Everything that was taken in is used and in the lake; then the counts must be those of what was sent.
for _ in $(seq 1 600); do
  [ "$(curl -s -u "$key:" "http://127.0.0.1:$port/v1/health" | field "['waiting']")" = 0 ] && break
  sleep 0.1
done
kill -9 "$server"; wait "$server" 2>/dev/null || true
"$program" import events --home "$home" >/dev/null
"$program" key list --home "$home" --json >"$work/keys.json"
"$program" doctor --home "$home" --json >"$work/doctor.json" || true
EVENTS=$events KILLS=$done_kills STATUS=$status python3 - "$work/keys.json" "$work/doctor.json" <<'END'
import json, os, sys
keys, doctor = (json.load(open(path)) for path in sys.argv[1:])
counts = dict(keys[0]["counts"])
events = int(os.environ["EVENTS"])
half = events // 2
orders = (half + 1) // 2 + (events - half + 1) // 2
lost = events - counts.get("accepted", 0)
doubled = max(0, -lost) + counts.get("repeated_order", 0)
report = {
    "events": events, "kills": int(os.environ["KILLS"]), "accepted": counts.get("accepted", 0), "sent_again": counts.get("duplicate", 0),
    "lost": max(0, lost), "doubled": doubled, "orders": orders, "orders_in_lake": doctor["purchases"],
    "behaviour_kept": counts.get("kept", 0), "problems": doctor["problems"],
}
print(json.dumps(report))
right = (
    os.environ["STATUS"] == "0" and lost == 0 and doubled == 0 and doctor["purchases"] == orders
    and counts.get("kept", 0) == events - orders and counts.get("purchase", 0) == orders and int(os.environ["KILLS"]) >= 1
)
sys.exit(0 if right else 1)
END
