#!/usr/bin/env bash
# This crate and Brian2 in turns, on a machine whose speed changes with what else it does: the best of ROUNDS for each row.
#
#     PYTHON=python3 ROUNDS=3 bash benches/peers/population_pairs.sh [results/population/pairs.csv]
#
# Needs what population_uncoupled.py needs for Brian2. Writes program, scheme, precision, threads, n, million
# neuron-steps a second and spikes a second; of Brian2 the rows with a parameter for each neuron.
set -euo pipefail
out=${1:-results/population/pairs.csv}
python=${PYTHON:-python3}
rounds=${ROUNDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo bench --profile dev --bench population --no-run
for round in $(seq "$rounds"); do
    for n in 1000 10000 100000 1000000; do
        cargo bench --quiet --profile dev --bench population -- peers "$n" \
            euler half-step rk4 euler+fused half-step+fused rk4+fused >>"$work/ours"
        "$python" benches/peers/population_uncoupled.py brian2 "$n" >>"$work/theirs"
    done
done
{
    echo "program,scheme,precision,setting,n,m_neuron_steps_per_s,spikes_per_s"
    awk -F, '
        $1 == "spikestep" { setting = $4 (($4 == 1) ? " thread" : " threads") }
        $1 == "brian2" { if ($4 != "each") next; setting = "1 thread" }
        $1 != "spikestep" && $1 != "brian2" { next }
        { key = $1 "," $2 "," $3 "," setting "," $5
          if (!(key in best)) order[++count] = key
          if ($6 > best[key]) best[key] = $6
          rate[key] = $7 }
        END { for (i = 1; i <= count; i++) print order[i] "," best[order[i]] "," rate[order[i]] }
    ' "$work/ours" "$work/theirs"
} >"$work/table"
mkdir -p "$(dirname "$out")"
mv "$work/table" "$out"
