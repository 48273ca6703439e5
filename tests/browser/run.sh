#!/usr/bin/env bash
# The pages in a real browser: a small demo in a folder of its own, and a walk through it.
#
# usage: tests/browser/run.sh [PROGRAM] [OUT_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-target/release/candor}
out=${2:-tests/browser/out}
port=${PORT:-7071}
home=$(mktemp -d)
mkdir -p "$out"
(cd tests/browser && npm ci --no-audit --no-fund --silent >/dev/null 2>&1 || npm install --no-audit --no-fund --silent >/dev/null)
"$program" demo --home "$home/demo" --customers 6000 --listen "127.0.0.1:$port" >"$out/demo.txt" 2>"$out/demo.err" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$home"' EXIT
for _ in $(seq 1 240); do
  if grep -q "Candor is at" "$out/demo.txt"; then break; fi
  if ! kill -0 $server 2>/dev/null; then cat "$out/demo.txt" "$out/demo.err"; exit 1; fi
  sleep 0.5
done
node tests/browser/pages.mjs "http://127.0.0.1:$port" "$out" "$out/demo.txt" "$home/demo/outbox"
