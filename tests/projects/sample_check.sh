#!/bin/bash
# The sample project by the real binary, as somebody uses it who edits it and runs it again.
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
cp -r project.yml profiles.yml models macros seeds snapshots analyses data "$copy"
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

run build
contents >second.txt
check "a second build changes nothing" "" "$(diff first.txt second.txt | head -5)"
check "a second snapshot adds no version" "0" "$(query "select count(*) from snap_customers where dbt_valid_to is not null")"

# A late order within the lookback, and a correction of one that was there: the incremental table is that of a full refresh.
sed -i -E '/^O[0-9]+,C[0-9]+,P[0-9]+,[0-9.]+,USD,completed,2025-09-(29|30),/ s/^([^,]*,[^,]*,[^,]*),[^,]*/\1,77.77/' seeds/raw/raw_orders.csv
echo "O99999,C0001,P0001,12.34,USD,completed,2025-09-29,active" >>seeds/raw/raw_orders.csv
run build --exclude assert_planted_defects_are_found
check "a late order arrives" "1" "$(query "select count(*) from fact_purchases where purchase_key = 'O99999'")"
check "a corrected order is corrected" "1" "$(query "select count(*) > 0 from fact_purchases where revenue = 77.77")"
query "select * from fact_purchases" | LC_ALL=C sort >incremental.txt
run run --full-refresh -s fact_purchases
query "select * from fact_purchases" | LC_ALL=C sort >full.txt
check "incremental is full refresh" "" "$(diff incremental.txt full.txt | head -5)"

# One customer moves and one is deleted: the snapshot closes both versions and opens one.
mover=$(query "select customer_id from dim_customer where email is not null order by customer_id limit 1")
leaver=$(query "select customer_id from dim_customer where first_order_date is null and is_registered order by customer_id limit 1")
before=$(query "select count(*) from snap_customers")
sed -i -E "s/^($mover,[^,]*),[^,]*/\1,moved@example.com/; /^$leaver,/d" seeds/raw/raw_customers.csv
run build --exclude assert_planted_defects_are_found
check "the mover has an old and a new version" "1|1" \
    "$(query "select sum(dbt_valid_to is not null), sum(dbt_valid_to is null and email = 'moved@example.com') from snap_customers where customer_id = '$mover'")"
check "the leaver has only an old version" "0" "$(query "select count(*) from snap_customers where customer_id = '$leaver' and dbt_valid_to is null")"
check "nobody else has a new version" "$((before + 1))" "$(query "select count(*) from snap_customers")"

# A rule broken on purpose is a failed build that names the test.
sed -i 's/^91,180,/92,180,/' seeds/rules/recency_bands.csv
status=0
expect_failure=1 run build --exclude assert_planted_defects_are_found || status=$?
check "a gap between the bands fails the build" "1" "$status"
check "and the log names the test" "1" "$(grep -c 'FAIL.*assert_recency_bands_have_no_gap' log.txt)"

if command -v python3 >/dev/null; then
    python3 data/generate.py --out generated
    check "the generator writes the committed files" "" \
        "$(diff -r generated/raw "$root/seeds/raw" -x '*.yml' | head -5; diff generated/checks/planted_defects.csv "$root/seeds/checks/planted_defects.csv")"
fi
[ "$failures" = 0 ]
