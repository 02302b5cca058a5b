#!/bin/sh
# A short seeded storm: kill -9 of agent, gateway and broker while a recording of its own making runs.
set -eu
cd "$(dirname "$0")/../.."
npm run -s storm -- kill --seed 1 --json
