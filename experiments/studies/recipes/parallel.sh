#!/usr/bin/env bash
# A study in shares by GNU parallel, on this machine or (with --sshloginfile) on several that share a file system.
#
#   bash experiments/studies/recipes/parallel.sh experiments/studies/step_study.toml 16 results/step_study
#
# Killed at any moment, the same command goes on where it was. Where GNU parallel is missing, xargs does the same on one machine.
set -euo pipefail
study="$1" shares="$2" out="$3"
command="${SPIKESTEP:-spikestep}"
# A share runs on one thread: as many shares run at once as there are cores.
export RAYON_NUM_THREADS=1
if parallel --version 2>/dev/null | grep -q GNU; then
    seq "$shares" | parallel --halt now,fail=1 "$command" run "$study" --shard "{}/$shares" --out "$out" --quiet
else
    seq "$shares" | xargs -P "$(nproc)" -I '{}' "$command" run "$study" --shard "{}/$shares" --out "$out" --quiet
fi
"$command" merge "$study" --out "$out"
