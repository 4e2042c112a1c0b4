#!/bin/sh
# Links the emulator's static library into a drop-in HSA runtime.
#
#   link.sh libwavefold_emulator.a .../libhsa-runtime64.so.1
#
# A Rust cdylib cannot carry AMD's version node (rustc passes its own version script), hence this step. CC chooses
# the C compiler. The library is marked as never to be unloaded, because its threads run in it. Besides the file, the name `libhsa-runtime64.so` is made beside it, for clients that open that.
set -eu
here=$(dirname -- "$0")
archive=$1
output=$2
temporary=$output.$$
trap 'rm -f -- "$temporary"' EXIT
"${CC:-cc}" -shared -o "$temporary" \
    -Wl,--whole-archive "$archive" -Wl,--no-whole-archive \
    -Wl,--version-script="$here/exports.map" -Wl,-soname,libhsa-runtime64.so.1 \
    -Wl,--gc-sections -Wl,-z,defs -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete \
    -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
mv -f -- "$temporary" "$output"
ln -sf -- "$(basename -- "$output")" "$(dirname -- "$output")/libhsa-runtime64.so"
