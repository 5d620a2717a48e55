#!/bin/sh
# Remove from an environment what no service uses at run time: strip.sh DIRECTORY
set -eu
cd "$1"/lib/python*/site-packages

# Tests of the large libraries, of which none imports its own; Evidently does. numpy.testing needs one file.
for library in matplotlib numba numpy pandas pyarrow scipy sklearn statsmodels; do
    [ ! -d $library ] || find $library -type d -name tests -not -path 'numpy/_core/*' -prune -exec rm -r {} +
done
[ ! -d numpy ] || find numpy/_core/tests -type f -not -name '__init__*' -not -name '_natype*' -delete
# What only their own tests and builds import, and a page's script that another file holds, too.
rm -rf sqlalchemy/testing alembic/testing mako/testing joblib/test numpy/random/_examples sklearn/datasets/images
rm -f flask_swagger_ui/dist/swagger-ui.js sklearn/utils/estimator_checks.py
# What compilers, type checkers and browsers' debuggers read.
find . -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.a' \
    -o -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cc' -o -name '*.cpp' -o -name '*.js.map' \
    -o -name '*.css.map' \) -delete

# Arrow's RPC, query plans and stores in clouds: nothing here imports them.
[ ! -d pyarrow ] || (
    cd pyarrow
    rm -rf include src _hdfs.* _s3fs.* _gcsfs.* _azurefs.* _substrait.* _flight.*
    rm -f libarrow_flight.* libarrow_python_flight.*
    # The wheel holds one library under three names.
    whole=$(ls libarrow_python.so.*.*.*)
    for copy in libarrow_python.so libarrow_python.so.*; do
        [ "$copy" = "$whole" ] || ln -sf "$whole" "$copy"
    done
)

# Names of symbols that only debuggers read. Libraries in *.libs were rewritten by their wheel's maker: not these.
find . -type f -name '*.so*' -not -path './*.libs/*' | xargs -r strip --strip-unneeded
