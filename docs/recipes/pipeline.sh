#!/usr/bin/env bash
# The pipeline for whatever runs a shell: Jenkins, Azure Pipelines, Bitbucket, Woodpecker, cron.
#
#   pipeline.sh check    what a change means, offline; for everybody's changes
#   pipeline.sh plan     plan it, with the token that only reads; for changes of the bureau's own people
#   pipeline.sh apply    after the merge: do exactly what DIGEST stands for, or nothing
#   pipeline.sh drift    on a schedule: exits with 2 where the bureau is not what the YAML says
#
# It runs in a clone of the repository, with reconciler installed from the lock of the base branch. From the environment:
#
#   BASE              the branch that the change goes into, such as origin/main; for check and plan
#   DIGEST            what was approved: the last line of a plan; for apply
#   RECONCILER_TOKEN  the operator's token, or for plan and drift the one that only reads
#   FITS              where the comment goes: github, gitlab, bitbucket, azure-devops; github if nothing is said
#   SAID              folder for what is written; said if nothing is said
#
# It writes no comment: what is to be written stands in $SAID/*.md, and how to send it, each forge knows best.
set -euo pipefail

said="${SAID:-said}"
fits="${FITS:-github}"
mkdir -p "$said"

# reconciler.yaml and all that it names are those of the base branch: a change could name another address for the token
from_base() {
  rm -rf "$said/base"
  git worktree prune
  git worktree add --quiet --detach "$said/base" "${BASE:?the branch that the change goes into, such as origin/main}"
  export RECONCILER_CONFIG="$said/base/reconciler.yaml" RECONCILER_POLICIES="${RECONCILER_POLICIES:-policies}"
}

check() {
  from_base
  reconciler validate --offline
  reconciler fmt --check --diff
  reconciler policy test
  reconciler diff --merge-base "$BASE" HEAD --format html --to "$said/diff.html"
  reconciler diff --merge-base "$BASE" HEAD --format markdown --fits "$fits" --to "$said/diff.md"
  reconciler diff --merge-base "$BASE" HEAD
}

plan() {
  from_base
  reconciler plan --no-cache --out "$said/plan.json" --format html --to "$said/plan.html"
  reconciler show "$said/plan.json" --format markdown --fits "$fits" --to "$said/plan.md"
  reconciler show "$said/plan.json"
}

apply() {
  reconciler apply --no-cache --expect "${DIGEST:?what was approved}" --blocked-ok --wait 600 \
    --audit-log "$said/audit.jsonl"
}

drift() {
  reconciler drift --no-cache --fresh
}

case "${1:-}" in
  check | plan | apply | drift) "$1" ;;
  *)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
