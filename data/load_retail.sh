#!/bin/sh
# Loads the UK retailer's lines, as they come, as raw_uci_lines into a SQLite file, for the target `retail`.
#
#     data/load_retail.sh [FOLDER [DATABASE]]
#
# FOLDER holds online_retail_*.csv.gz (default ../shared/data), DATABASE is the file of the target (default retail.db).
# Needs gunzip and the sqlite3 shell. Loading again replaces what was loaded.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-../shared/data}
database=${2:-retail.db}

unpacked=build/data
mkdir -p "$unpacked"
for name in online_retail_2009_2010 online_retail_2010_2011; do
    archive=$folder/$name.csv.gz
    if [ ! -r "$archive" ]; then
        echo "load_retail: $archive is missing; give the folder of the archives as the first argument" >&2
        exit 1
    fi
    gunzip -c "$archive" >"$unpacked/$name.csv"
done

# A line's number is its place in the files. The view gives it a name without copying a million rows.
sqlite3 -bail "$database" <<SQL
begin;
drop view if exists raw_uci_lines;
drop table if exists raw_uci_import;
create table raw_uci_import (
    invoice_no text, stock_code text, description text, quantity text,
    invoice_date text, unit_price text, customer_id text, country text
);
create view raw_uci_lines as select rowid as line_number, * from raw_uci_import;
.mode csv
.import --skip 1 $unpacked/online_retail_2009_2010.csv raw_uci_import
.import --skip 1 $unpacked/online_retail_2010_2011.csv raw_uci_import
commit;
.mode list
select 'raw_uci_lines: ' || count(*) || ' lines in $database' from raw_uci_lines;
SQL
