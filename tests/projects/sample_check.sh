#!/bin/bash
# The sample project by the real binary, as somebody uses it who edits it and runs it again. sample_days.py goes on from
# here with the files of the next days.
#
#     tests/projects/sample_check.sh MODELC
#
# MODELC is the binary, or a command with the same arguments. Needs the sqlite3 shell. Works on a copy of the project.
set -euo pipefail
modelc=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$root"
mkdir -p "$copy/tests"
cp -r project.yml profiles.yml models macros seeds snapshots analyses data docs "$copy"
cp -r tests/data "$copy/tests/data"
cd "$copy"
database=ecommerce_analytics.db

failures=0
check() {
    if [ "$2" = "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', found '$3'"; failures=$((failures + 1)); fi
}
run() {
    "$modelc" "$@" >log.txt 2>&1 && return 0
    status=$?
    [ -n "${expect_failure:-}" ] || cat log.txt
    return $status
}
query() { sqlite3 -readonly "$database" "$1"; }
# Every row of every relation but the snapshots, in one order.
contents() {
    query "select name from sqlite_master where type in ('table', 'view') and name not like 'snap_%' order by name" |
        while read -r name; do
            echo "== $name"
            query "select * from \"$name\"" | LC_ALL=C sort
        done
}

run build
check "nothing of the tests joins the sample" "ecommerce_analytics" \
    "$("$modelc" list --quiet --resource-type model --output json --output-keys package_name | sed 's/.*: *"\(.*\)".*/\1/' | sort -u)"
check "no temporary relation is left" "0" "$(query "select count(*) from sqlite_master where name like '%\_\_dbt\_%' escape '\\'")"
contents >first.txt

# Files: one folder for each tier, whose name is left out of the rows; every row in one of them; nothing changes.
check "a folder for each tier" "tier=Bronze tier=Gold tier=Silver" "$(cd output/sample/customer_tiers && echo *)"
check "the tier is in the folder's name alone" "customer_id,total_spent" "$(head -n 1 output/sample/customer_tiers/tier=Gold/part-0.csv)"
check "every customer is in a file" "$(query "select count(*) from customer_tiers")" \
    "$(cat output/sample/customer_tiers/*/part-0.csv | grep -c '^[CMU]')"
check "every product is in the file" "$(query "select count(*) + 1 from product_performance")" \
    "$(wc -l <output/sample/product_performance.csv)"
find output -type f -exec cksum {} + | sort >files.txt

run build
contents >second.txt
check "a second build writes the same files" "" "$(find output -type f -exec cksum {} + | sort | diff files.txt - | head -5)"
check "a second build changes nothing" "" "$(diff first.txt second.txt | head -5)"
check "a second snapshot adds no version" "0" "$(query "select count(*) from snap_customers where dbt_valid_to is not null")"

# A pull request: what differs is built in a database of its own, everything else is read from production's.
mkdir production
cp target/manifest.json "$database" production/
sed -i 's/^where ranked.rank <= /where ranked.rank <= 0 + /' models/marts/customers/top_customers_mart.sql
MODELC=$modelc docs/ci/slim-build production >log.txt 2>&1 || cat log.txt
check "slim CI builds the model that differs" "1" \
    "$(sqlite3 -readonly ci.db "select count(*) from sqlite_master where name = 'top_customers_mart'")"
check "slim CI builds nothing that it does not read" "0" \
    "$(sqlite3 -readonly ci.db "select count(*) from sqlite_master where name in ('customer_360', 'customer_tiers', 'int_orders', 'raw_orders')")"
check "slim CI leaves production alone" "" "$(cmp production/$database $database 2>&1)"
sed -i 's/^where ranked.rank <= 0 + /where ranked.rank <= /' models/marts/customers/top_customers_mart.sql
rm -r production ci.db

# An order of long ago that comes only now, and one of yesterday with another amount: the incremental table is that of a
# full refresh.
not_the_first_files=(--exclude assert_planted_defects_are_found assert_rows_in_are_rows_out)
corrected=$(query "select max(order_id) from fact_purchases where source_system = 'orders' and order_date >= '2025-09-29'")
sed -i -E "s/^($corrected,[^,]*,[^,]*),[^,]*/\1,77.77/" data/sample/orders.csv
echo "O99999,C0001,P0001,12.34,USD,completed,2024-03-01,active" >>data/sample/orders.csv
run build "${not_the_first_files[@]}"
check "a very late order arrives" "1" "$(query "select count(*) from fact_purchases where order_id = 'O99999'")"
check "a corrected order is corrected" "1" "$(query "select count(*) > 0 from int_orders where order_id = '$corrected' and lines = 1")"
query "select * from fact_purchases" | LC_ALL=C sort >incremental.txt
run run --full-refresh -s fact_purchases
query "select * from fact_purchases" | LC_ALL=C sort >full.txt
check "incremental is full refresh" "" "$(diff incremental.txt full.txt | head -5)"

# A rule broken on purpose is a failed build that names the test.
sed -i 's/^91,180,/92,180,/' seeds/rules/recency_bands.csv
status=0
expect_failure=1 run build "${not_the_first_files[@]}" || status=$?
check "a gap between the bands fails the build" "1" "$status"
check "and the log names the test" "1" "$(grep -c 'FAIL.*assert_recency_bands_have_no_gap' log.txt)"

if command -v python3 >/dev/null; then
    python3 data/generate.py --out generated
    check "the generator writes the committed files" "" \
        "$(for part in sample days MANIFEST.json; do diff -r "generated/$part" "$root/data/$part"; done | head -5)"
fi
[ "$failures" = 0 ]
