#!/usr/bin/env bash
#SBATCH --job-name=spikestep
#SBATCH --array=1-16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=1G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --output=slurm-%A_%a.log
# A study as a job array: each task runs one share, all into one directory that the nodes share.
#
#   sbatch --export=ALL,STUDY=experiments/studies/step_study.toml,OUT=results/step_study experiments/studies/recipes/slurm_array.sh
#   spikestep merge experiments/studies/step_study.toml --out results/step_study      # when all tasks are done
#
# Two minutes before its time is up a task gets SIGTERM, finishes its cells in flight and is put into the queue again; what was
# done is kept. Other schedulers differ only in the names of the two variables (PBS_ARRAY_INDEX, LSB_JOBINDEX, SGE_TASK_ID).
set -uo pipefail
task="${SLURM_ARRAY_TASK_ID:?run by sbatch}" tasks="${SLURM_ARRAY_TASK_COUNT:?run by sbatch}"
export RAYON_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
"${SPIKESTEP:-spikestep}" run "$STUDY" --shard "$task/$tasks" --out "$OUT" --quiet &
child=$!
stopped=no
trap 'stopped=yes; kill -TERM "$child" 2>/dev/null' TERM
wait "$child"
code=$?
# A trapped signal ends the first wait; the second one waits for the cells in flight.
if [ "$stopped" = yes ]; then
    wait "$child"
    code=$?
    # 127, or -1 in bash 5.2: it ended in the moment the signal came, and its code is lost. A share that is done and is queued
    # again ends at once.
    case "$code" in -1 | 127) code=130 ;; esac
fi
# 130: stopped before its end.
if [ "$code" -eq 130 ] && [ -n "${SLURM_JOB_ID:-}" ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${task}"
fi
exit "$code"
