#!/bin/sh
# Debian packages that some tests use: a real broker, a real browser, serial ports (socat). Without them those tests report "skipped".
set -eu
missing=""
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || missing="$missing mosquitto"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v socat >/dev/null 2>&1 || missing="$missing socat"
[ -n "$missing" ] || { echo "test tools: all there"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "test tools: run as root to install:$missing" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
# Debian starts mosquitto as a service where there is a service manager; the tests start their own.
if command -v systemctl >/dev/null 2>&1; then systemctl disable --now mosquitto >/dev/null 2>&1 || true; fi
echo "test tools: installed$missing"
