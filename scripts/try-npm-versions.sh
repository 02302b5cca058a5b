#!/bin/sh
# Tries what the README promises with every npm and Node a machine may have: a clean clone, `npm ci`, `npm start` until the first ticket.
# Slow (a fresh install each time); run by hand before a release.   Usage: scripts/try-npm-versions.sh [npm majors, default "10 11 12"]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
outside=$(command -v node)
node26=$(readlink -f "$root/node_modules/node/bin/node")

for major in ${1:-10 11 12}; do
  (cd "$work" && mkdir -p "npm$major" && cd "npm$major" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "npm@$major")
  for node in "$outside" "$node26"; do
    rm -rf "$work/clone" "$work/bin" && mkdir "$work/bin" && ln -s "$node" "$work/bin/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$work/npm$major/node_modules/npm/bin/npm-cli.js" >"$work/bin/npm"
    chmod +x "$work/bin/npm"
    git clone -q "$root" "$work/clone"
    label="npm $("$work/bin/npm" --version), Node $("$node" --version)"
    if (cd "$work/clone" && PATH="$work/bin:/usr/bin:/bin" npm ci >"$work/log" 2>&1 &&
      PATH="$work/bin:/usr/bin:/bin" npm -s start -- --until-ticket --json --port 0 >"$work/ticket" 2>>"$work/log"); then
      echo "$label: $(cat "$work/ticket" | grep -o '"seconds_to_ticket":[0-9.]*')"
    else
      echo "$label: FAILED"; tail -20 "$work/log"; exit 1
    fi
  done
done
