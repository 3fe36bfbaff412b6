#!/bin/sh
# Loads the UK retailer's lines, as they come, into the table raw_uci_lines of a SQLite file, for the target `retail`.
#
#     data/load_retail.sh [FOLDER [DATABASE]]
#
# FOLDER holds online_retail_*.csv.gz (default ../shared/data), DATABASE is the file of the target (default retail.db).
# Needs gunzip and the sqlite3 shell. Loading again replaces the table; files of other names are left out.
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

# The rowid of a line is its place in the files: staging reads it as line_number.
sqlite3 -bail "$database" <<SQL
pragma journal_mode = wal;
begin;
drop table if exists raw_uci_lines;
create table raw_uci_lines (
    invoice_no text, stock_code text, description text, quantity text,
    invoice_date text, unit_price text, customer_id text, country text
);
.mode csv
.import --skip 1 $unpacked/online_retail_2009_2010.csv raw_uci_lines
.import --skip 1 $unpacked/online_retail_2010_2011.csv raw_uci_lines
commit;
.mode list
select 'raw_uci_lines: ' || count(*) || ' lines in $database' from raw_uci_lines;
SQL
