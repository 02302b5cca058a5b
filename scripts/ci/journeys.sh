#!/bin/sh
# Two journeys on real recordings, where there are any: one as it is, one scrambled on the wire. A record lost or doubled fails them.
set -eu
cd "$(dirname "$0")/../.."
data=${MILLWRIGHT_DATA:-../shared/data}
[ -d "$data/skab/valve1" ] || { echo "skipped: no recordings in $data"; exit 0; }
journey() { npm run -s journey -- --profile firmware-sim/profiles/skab.yaml --time-scale 25 --json "$@"; }
journey --recording "$data/skab/valve1/0.csv"
journey --recording "$data/skab/valve1/6.csv" --scramble 7 --drop 0.05
