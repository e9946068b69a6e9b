#!/bin/bash
root=$1 rate=$2 row=$3 asked=$5
case "$4" in
  -g) [ "$asked" = "$root.$row" ] || exit 0 ;;
  -n) [ "$asked" = "$root" ] || [ "$asked" = "$root.0" ] || exit 0 ;;
  *) echo not-writable; exit 0 ;;
esac
now=${EPOCHREALTIME/[.,]/}
echo "$root.$row"
echo counter64
echo $(( (now - 1704067200000000) * rate / 1000000 ))
