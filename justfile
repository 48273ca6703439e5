# What a developer does every day. `just` lists it.

default:
    @just --list

# the main job, then the pages on http://127.0.0.1:7070
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# one room: just test guard
test ROOM:
    cargo nextest run -p {{ROOM}}

# everything, as the README says
test-all:
    cargo test --workspace

# format and lint as CI does
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# pages in a real browser
browser:
    tests/browser/run.sh

ci:
    .ci/run

measure *ARGS:
    cargo run --release -p measure -- {{ARGS}}
