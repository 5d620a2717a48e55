#!/bin/sh
# Compile what is left of an environment to bytecode, which nothing compares with its source: compile.sh DIRECTORY
set -eu

# Plotly has a module of some lines for each property of each figure, of which a page needs a few dozen.
python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /plotly/validators/ "$1"/lib
