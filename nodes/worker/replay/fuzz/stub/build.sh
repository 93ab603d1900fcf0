#!/bin/bash
# Builds the replay's C over the stub GL with the sanitizers: build.sh OUTPUT MAIN.c [flags]. CC: gcc (default) or clang.
set -euo pipefail
output=$1 main=$2
shift 2
stub=$(cd "$(dirname "$0")" && pwd)
replay=$(cd "$stub/../.." && pwd)
include=$(cd "$replay/../../../stream/driver/include" && pwd)
sources=("$replay"/*.c "$stub"/*_gen.c "$stub"/custom_*.c "$stub"/{stub,drive,random}.c "$stub/$main")
mkdir -p "$output.o"
export CC=${CC:-gcc}
flags=(-std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -include "$stub/small.h" -I"$include" -I"$replay" -I"$stub"
	-fsanitize=address,undefined -fno-sanitize-recover=all "$@")
compile() { # one source; objects of a name each, since some stand in both folders
	local source=$1
	shift
	"$CC" "$@" -c -o "$OBJECTS/$(basename "$(dirname "$source")")-$(basename "$source" .c).o" "$source"
}
export -f compile
export OBJECTS=$output.o
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I SOURCE bash -c 'set -e; compile "$@"' _ SOURCE "${flags[@]}"
"$CC" "${flags[@]}" -Wl,--wrap=virtual_proc -o "$output" "$output.o"/*.o -lm
rm -rf "$output.o"
