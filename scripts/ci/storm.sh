#!/bin/sh
# Short seeded storms: kill -9 of agent, gateway and broker while a recording of its own making runs; an RTU line that lies, which must go well with the
# line drained after a time-out, and must not go well without; flipped bits in a bundle.
set -eu
cd "$(dirname "$0")/../.."
npm run -s storm -- kill --seed 1 --json
npm run -s storm -- bundle --flips 2000 --seed 1 --json
command -v socat >/dev/null 2>&1 || { echo "storm bus skipped: socat is not installed"; exit 0; }
npm run -s storm -- bus --polls 400 --seed 11 --json
verdict=$(npm run -s storm -- bus --polls 400 --seed 11 --no-drain --json) || true
echo "$verdict"
echo "$verdict" | grep -q '"ok":false.*"wrong":[1-9]' || { echo "without draining no value was wrong: this storm proves nothing"; exit 1; }
