#!/bin/sh
# The one command: up, demo, workload, test, status, logs, urls, backup, restore, down (`./launch.sh --help`).
# Needs a Python of version 3.11 or newer, nothing else.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

for name in python3.13 python3.12 python3.11 python3 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec env PYTHONPATH="$root/stack/src" "$name" -P -m stack.prepare "$@"
    fi
done

echo "launch.sh: no Python of version 3.11 or newer was found (looked for python3.13, python3.12, python3.11," >&2
echo "python3 and python on the PATH). Install one, for example: apt install python3 python3-venv" >&2
exit 1
