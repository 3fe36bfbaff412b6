#!/usr/bin/env python3
"""Records what dbt selects: runs `dbt ls` over project/ for every case below and writes
manifest.json, state/, target/, expected.txt and expected_selector_files.txt beside this file.

    <python with dbt-core and dbt-sqlite> tests/golden/select/record.py

The project of an earlier time, which `state:` compares with, is project/ after EARLIER has been applied to it backwards.
"""
import contextlib
import io
import json
import pathlib
import shlex
import shutil
import sys
import tempfile

from dbt.cli.main import dbtRunner

HERE = pathlib.Path(__file__).parent
OWN = ("shop", "lib")

# (file, text of today, text of then); a text of None = the file did not exist.
EARLIER = [
    ("models/staging/stg_orders.sql", "select id, customer_id, amount from", "select id, amount from"),           # body
    ("models/marts/core/orders.sql", "materialized='incremental', unique_key='id'", "materialized='view'"),       # config
    ("models/marts/core/customers.sql", "tags=['nightly', 'core']", "tags=['core']"),                             # only tags
    ("models/staging/schema.yml", "description: the key", "description: the id"),                                 # persisted
    ("models/staging/schema.yml", "description: customers, cleaned", "description: cleaned customers"),           # not persisted
    ("models/marts/finance/revenue.sql", "schema='fin'", "schema='finance'"),                                     # relation
    ("models/marts/finance/finance.yml", "    access: private", "    access: protected"),                         # access
    ("macros/money.sql", "({{ column }} / {{ by }}.0)", "{{ column }} / {{ by }}"),                               # nested macro
    ("macros/money.sql", "having count({{ field }}) = 0", "having count({{ field }}) < 1"),                       # a test's macro
    ("seeds/raw_payments.csv", "1,1000", "1,999"),                                                                # seed
    ("models/staging/schema.yml", "warn_after: {count: 1, period: day}", "warn_after: {count: 2, period: day}"),  # freshness
    ("models/staging/schema.yml", "identifier: products_v2", "identifier: products"),                             # source
    ("models/marts/core/core.yml", "description: what the board sees", "description: for the board"),             # exposure
    ("models/marts/core/core.yml", "rows: [{id: 1, name: a, n: 1}]", "rows: [{id: 1, name: a, n: 2}]"),           # unit test
    ("models/marts/core/core.yml", "latest_version: 2", "latest_version: 1"),                                     # versions
    ("models/marts/core/core.yml", "config: {contract: {enforced: true}}", "config: {contract: {enforced: false}}"),
    ("models/staging/schema.yml", "config: {severity: warn, tags: [quality]}", "config: {tags: [quality]}"),      # test config
    ("models/marts/finance/finance.yml", "description: money in", "description: money coming in"),                # metric
    ("models/marts/finance/finance.yml", "{name: total, agg: sum, expr: amount}", "{name: total, agg: max, expr: amount}"),
    ("models/marts/finance/finance.yml", "label: By day", "label: Daily"),                                        # saved query
    ("functions/functions.yml", "returns: {data_type: int}", "returns: {data_type: bigint}"),                     # function
    ("snapshots/snap.yml", "check_cols: all", "check_cols: [name]"),                                              # snapshot
    ("models/marts/core/uses_people.sql", "select * from {{ ref('people') }}\n", None),                           # new model
]

SPECS = """
customers
shop.customers
shop.marts.core.customers
marts.core.customers
core.customers
marts
marts.core
shop.staging
shop
lib
lib.nested
nested.lib_top
*
*customers
stg_*
shop.*
shop.mar*
shop.marts.c*.customers
marts.*.revenue
stg_?rders
stg_[op]*
[!s]*
Customers
people
people.v1
people.v2
people_v3
shop.marts.core.people.v1
shop.marts.core.people_v1
core.people
people.*
people.v*
v1
dim.product
product
dim
core.dim.product
shop.dim.product
fqn:customers
fqn:shop.marts
fqn:*
orders
snap_orders
snap_orders.snap_orders
raw_orders
unique_customers_id
orders_are_positive
monthly
add_one
board
turnover
sales
counts_orders
people_names
customers.counts_orders
tag:nightly
tag:night*
tag:money
tag:ingest
tag:people
tag:weekly
tag:kpi
tag:unit
tag:maths
tag:quality
tag:static
tag:absent
tag:[nw]*
group:finance
group:fin*
access:public
access:private
access:protected
access:pub*
source:raw
source:raw.customers
source:shop.raw.*
source:lib.raw
source:*.raw.imports
source:web
source:web.sessions
source:*
source:r?w
exposure:board
exposure:shop.*
exposure:*
exposure:lib.*
metric:turnover
metric:*turn*
metric:shop.double_turnover
semantic_model:sales
semantic_model:shop.*
saved_query:by_day
saved_query:*
unit_test:counts_orders
unit_test:shop.people_names
unit_test:*
path:models/marts
path:models/marts/core
path:models/staging/stg_orders.sql
path:models/staging/schema.yml
path:models/*/core
path:models/**/revenue.sql
path:models
path:seeds
path:seeds/raw_orders.csv
path:snapshots/snap.yml
path:functions
path:tests
path:models/marts/
path:models/marts/*.sql
path:models/lib_base.sql
path:models/absent
path:lib/models
models/marts/finance
models/staging/stg_orders.sql
./models/marts
file:customers.sql
file:customers
file:stg_*.sql
file:core.yml
customers.sql
raw_orders.csv
CUSTOMERS.SQL
package:shop
package:lib
package:this
package:l*
config.materialized:table
config.materialized:incremental
config.materialized:view
config.materialized:tab*
config.severity:warn
config.severity:WARN
config.tags:nightly
config.meta.owner:pay
config.meta.levels:1
config.meta.flag:true
config.meta.flag:True
config.meta.nested.deep:yes
config.meta.absent:x
config.enabled:true
config.enabled:false
config.contract.enforced:true
config.contract.enforced:FALSE
config.store_failures:true
config.persist_docs.relation:true
config.schema:fin
config.group:finance
config.strategy:check
config.freshness.warn_after.count:1
config:view
test_name:unique
test_name:not_*
test_name:counts_orders
test_name:is_even
test_type:generic
test_type:schema
test_type:singular
test_type:data
test_type:unit
resource_type:model
resource_type:seed
resource_type:source
resource_type:snapshot
resource_type:test
resource_type:unit_test
resource_type:exposure
resource_type:metric
resource_type:semantic_model
resource_type:saved_query
resource_type:function
resource_type:analysis
version:latest
version:prerelease
version:old
version:none
+customers
customers+
+customers+
1+customers
2+margin
stg_orders+1
stg_orders+2
1+orders+1
0+orders
orders+0
@stg_payments
@orders
@lib_base
+orders_are_positive
1+exposure:board
+exposure:*
source:raw+
source:raw.customers+1
+metric:double_turnover
tag:nightly+
+tag:money
@tag:core
+saved_query:by_day
raw_payments+,+margin
tag:nightly,tag:core
tag:nightly,package:lib
path:models/marts,config.materialized:view
stg_orders+,+revenue
customers,orders
tag:nightly,tag:core,absent
customers orders
stg_orders stg_payments+
customers absent
absent
+absent+
"""

ARGUMENTS = """
--exclude tag:nightly
--exclude package:lib resource_type:test
--select models/marts --exclude tag:money
--select +margin --exclude +stg_payments
--select customers+ --exclude unique_customers_id
--select tag:nightly --exclude tag:nightly,package:lib
--select customers --exclude customers
--select absent --exclude absent
--select absent1 absent2,customers
--select 'tag:nightly tag:core' tag:money
--select stg_orders --indirect-selection eager
--select stg_orders --indirect-selection cautious
--select stg_orders --indirect-selection buildable
--select stg_orders --indirect-selection empty
--select stg_orders stg_customers --indirect-selection cautious
--select stg_orders stg_customers --indirect-selection buildable
--select stg_orders,tag:nightly stg_customers --indirect-selection cautious
--select customers --indirect-selection buildable
--select customers --indirect-selection cautious
--select orders+1 --indirect-selection cautious
--select orders stg_payments --indirect-selection cautious
--select revenue --indirect-selection buildable
--select source:raw --indirect-selection cautious
--select stg_orders --exclude stg_customers
--select stg_orders --exclude stg_customers --indirect-selection cautious
--select stg_customers+ --exclude customers --indirect-selection cautious
--select stg_customers+ --exclude customers --indirect-selection buildable
--select unique_stg_orders_id --indirect-selection empty
--select test_type:data --indirect-selection cautious
--select tag:core --indirect-selection empty
--select '*' --resource-type model
--select '*' --resource-type seed --resource-type snapshot
--select customers --resource-type test
--select customers --resource-type unit_test
--resource-type analysis
--resource-type all
--resource-type default
--resource-type source
--resource-type function
--exclude-resource-type test --exclude-resource-type unit_test
--exclude-resource-type model --select tag:nightly
--resource-type model --resource-type test --exclude-resource-type test
--select resource_type:analysis --resource-type all
--select monthly --resource-type all
--selector nightly
--selector nightly_and_children
--selector depth
--selector short_form
--selector union_of_strings
--selector intersection
--selector union_without
--selector nested
--selector excluded_inline
--selector inherited
--selector inherited_without
--selector cautious
--selector buildable
--selector mixed_modes
--selector configured
--selector nothing
--selector nightly --select customers
--selector nightly --exclude customers
--selector nightly --resource-type seed
--selector nightly --indirect-selection empty
--selector cautious --indirect-selection eager
--selector absent
--select @customers+
--select source:a.b.c.d
--select exposure:a.b.c
--select metric:a.b.c
--select unit_test:a.b.c
--select saved_query:a.b.c
--select semantic_model:a.b.c
--select resource_type:nonsense
--select test_type:nonsense
--select test_type:dat
--select version:nonsense
--select nonsense:x
--select tags:x customers
--select tag:
--select +
--select config.materialized:
--select 999999+customers
--select customers+999999
--select ,
--select customers,
--select '  customers  '
--select state:modified
--select state:new --state state
--select state:old --state state
--select state:modified --state state
--select state:unmodified --state state
--select state:modified.body --state state
--select state:modified.configs --state state
--select state:modified.persisted_descriptions --state state
--select state:modified.relation --state state
--select state:modified.macros --state state
--select state:modified.contract --state state
--select state:modified+ --state state
--select state:modified,tag:nightly --state state
--select +state:new --state state
--exclude state:modified --state state
--select state:modified --exclude state:new --state state --resource-type model
--select state:nonsense --state state
--select state:modified* --state state
--select result:error --state state
--select result:fail --state state
--select result:success+ --state state
--select 1+result:error+1 --state state
--select result:warn result:skipped --state state
--select result:nonsense --state state
--select result:error
--select source_status:fresher --state state
--select source_status:fresher+ --state state
--select source_status:pass --state state
--select source_status:fresher
"""

# Whole selectors.yml files: a faulty one stops every command; of a good one the default selector counts.
SELECTOR_FILES = [
    "selectors: []",
    "",
    "version: 2",
    "selectors: {a: b}",
    "selectors: [{definition: x}]",
    "selectors: [{name: a}]",
    "selectors: [{name: a, definition: [x, y]}]",
    "selectors: [{name: a, definition: 'nonsense:x'}]",
    "selectors: [{name: a, definition: {nonsense: x}}]",
    "selectors: [{name: a, definition: {method: tag}}]",
    "selectors: [{name: a, definition: {method: tag, children: true}}]",
    "selectors: [{name: a, definition: {union: ['tag:money'], intersection: ['tag:core']}}]",
    "selectors: [{name: a, definition: {union: ['tag:money'], exclude: ['tag:core']}}]",
    "selectors: [{name: a, definition: {union: 'tag:money'}}]",
    "selectors: [{name: a, definition: {union: [3]}}]",
    "selectors: [{name: a, definition: {union: ['tag:money', {exclude: ['tag:core']}, {exclude: ['tag:nightly']}]}}]",
    "selectors: [{name: a, definition: {method: selector, value: b}}, {name: b, definition: 'tag:money'}]",
    "selectors: [{name: a, definition: {method: selector, value: a}}]",
    "selectors: [{name: a, default: true, definition: 'tag:money'}, {name: b, default: true, definition: 'tag:core'}]",
    "selectors: [{name: a, definition: {method: tag, value: core, children: true, childrens_parents: true}}]",
    "selectors: [{name: a, definition: {method: tag, value: core, indirect_selection: nonsense}}]",
    "selectors: [{name: a, definition: {method: tag, value: core, children: true, children_depth: x}}]",
    "selectors: [{name: a, default: true, definition: 'tag:money'}]",
    "selectors: [{name: a, default: false, definition: 'tag:money'}]",
    "selectors: [{name: a, default: \"{{ target.name == 'dev' }}\", definition: 'tag:money'}]",
    "selectors: [{name: a, default: \"{{ target.name == 'prod' }}\", definition: 'tag:money'}]",
    "selectors: [{name: a, default: maybe, definition: 'tag:money'}]",
    "selectors: [{name: a, default: true, definition: {config.enabled: true, }}]",
    "selectors: [{name: a, default: true, definition: {method: config.lookback, value: 1}}]",
    "selectors: [{name: a, default: true, definition: {method: config.meta.levels, value: 1}}]",
    "selectors: [{name: a, default: true, definition: {method: tag, value: core, parents: true, parents_depth: '1'}}]",
    "selectors: [{name: a, default: true, definition: {union: [{method: tag, value: core, exclude: [customers, orders]}, 'tag:static']}}]",
    "selectors: [{name: a, default: true, definition: {intersection: ['tag:nightly', {exclude: [{package: lib}]}]}}]",
    "selectors: [{name: a, default: true, definition: {union: []}}]",
    "selectors: [{name: a, default: true, definition: {method: fqn, value: stg_orders, exclude: []}}]",
    "selectors: [{name: a, default: true, definition: {method: fqn, value: stg_orders, indirect_selection: buildable}}]",
    "selectors: [{name: a, definition: 'tag:money'}, {name: a, default: true, definition: 'tag:core'}]",
]

RUN_RESULTS = [("model.shop.orders", "error"), ("model.shop.customers", "success"), ("model.shop.stg_orders", "success"),
               ("test.shop.orders_are_positive", "fail"), ("test.shop.sum_matches", "warn"), ("model.shop.revenue", "skipped"),
               ("model.shop.gone", "error"), ("unit_test.shop.customers.counts_orders", "fail"), ("seed.shop.raw_orders", "success")]


def run(project, *arguments):
    events = []
    result = dbtRunner(callbacks=[events.append]).invoke(
        [*arguments, "--project-dir", str(project), "--profiles-dir", str(project), "--quiet"])
    return result, events


def apply_earlier(project):
    for file, today, then in EARLIER:
        path = project / file
        if then is None:
            path.unlink()
            continue
        text = path.read_text()
        assert text.count(today) == 1, (file, today, text.count(today))
        path.write_text(text.replace(today, then))


def trimmed(manifest):
    """Without dbt's own macros and docs, and without what differs each time."""
    manifest["macros"] = {k: v for k, v in manifest["macros"].items() if v["package_name"] in OWN}
    manifest["docs"] = {k: v for k, v in manifest["docs"].items() if v["package_name"] in OWN}
    manifest["metadata"] = {**manifest["metadata"], "generated_at": "2026-01-01T00:00:00.000000Z", "invocation_id": "x",
                            "invocation_started_at": "2026-01-01T00:00:00.000000Z", "user_id": None,
                            "run_started_at": "2026-01-01T00:00:00.000000+00:00"}
    def clean(entry):
        entry["created_at"] = 1.5
        if "root_path" in entry:
            entry["root_path"] = "/shop"
        if "depends_on" in entry:
            entry["depends_on"]["macros"] = [m for m in entry["depends_on"]["macros"] if m.split(".")[1] in OWN]
    for section in ("nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions", "macros"):
        for entry in manifest[section].values():
            clean(entry)
    for entries in manifest["disabled"].values():
        for entry in entries:
            clean(entry)
    return manifest


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def source_entry(unique_id, loaded):
    return {"unique_id": unique_id, "max_loaded_at": loaded, "snapshotted_at": "2026-01-03T00:00:00Z",
            "max_loaded_at_time_ago_in_s": 1.0, "status": "pass",
            "criteria": {"warn_after": {"count": 1, "period": "day"}, "error_after": {"count": None, "period": None}, "filter": None},
            "adapter_response": {}, "timing": [], "thread_id": "x", "execution_time": 0.1}


def metadata(name, version):
    return {"dbt_schema_version": f"https://schemas.getdbt.com/dbt/{name}/v{version}.json", "dbt_version": "1.11.0",
            "generated_at": "2026-01-01T00:00:00Z", "invocation_id": "x", "env": {}}


def make_state(project, work):
    earlier = work / "earlier"
    shutil.copytree(project, earlier)
    apply_earlier(earlier)
    result, _ = run(earlier, "parse")
    assert result.success, result.exception
    state = HERE / "state"
    write_json(state / "manifest.json", trimmed(json.loads((earlier / "target/manifest.json").read_text())))
    write_json(state / "run_results.json", {
        "metadata": metadata("run-results", 6), "elapsed_time": 1.0, "args": {},
        "results": [{"status": status, "timing": [], "thread_id": "x", "execution_time": 0.1, "adapter_response": {}, "message": None,
                     "failures": None, "unique_id": unique_id, "compiled": False, "compiled_code": None, "relation_name": None,
                     "batch_results": None} for unique_id, status in RUN_RESULTS]})
    write_json(state / "sources.json", {"metadata": metadata("sources", 3), "elapsed_time": 1.0, "results": [
        source_entry("source.shop.web.events", "2026-01-01T00:00:00+00:00"),
        source_entry("source.shop.raw.products", "2026-01-02T00:00:00+00:00")]})
    write_json(HERE / "target/sources.json", {"metadata": metadata("sources", 3), "elapsed_time": 1.0, "results": [
        source_entry("source.shop.web.events", "2026-01-02T00:00:00+00:00"),
        source_entry("source.shop.raw.products", "2026-01-02T00:00:00+00:00"),
        source_entry("source.shop.raw.customers", "2026-01-02T00:00:00+00:00")]})
    # dbt compares with its whole manifest: its own macros have not changed, but they must be there.
    shutil.copytree(state, project / "state")
    shutil.copy(earlier / "target/manifest.json", project / "state/manifest.json")
    (project / "target").mkdir(exist_ok=True)
    shutil.copy(HERE / "target/sources.json", project / "target/sources.json")


def record(project, arguments):
    lines = [f"$ {arguments}"]
    with contextlib.redirect_stdout(io.StringIO()):
        result, events = run(project, "ls", "--output", "json", "--output-keys", "unique_id", *shlex.split(arguments))
    for event in events:
        if event.info.name in ("NoNodesForSelectionCriteria", "SelectorReportInvalidSelector"):
            lines.append(f"{event.info.name}: " + event.info.msg.replace("\n", "\\n"))
    if result.exception is not None:
        lines.append(f"error: {type(result.exception).__name__}: " + str(result.exception).replace("\n", "\\n"))
    else:
        lines += sorted(json.loads(line)["unique_id"] for line in result.result)
    return "\n".join(lines) + "\n"


def record_selector_files(project):
    texts = []
    for text in SELECTOR_FILES:
        (project / "selectors.yml").write_text(text + "\n")
        body = record(project, "--resource-type model --resource-type seed")
        if "error:" not in body and "default: true" not in text and "target.name == 'dev'" not in text:
            body = "everything\n"
        else:
            body = body.split("\n", 1)[1]
        texts.append(f"$ {text}\n{body}")
    (HERE / "expected_selector_files.txt").write_text("\n".join(texts).replace(str(project), "/shop"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        project = work / "shop"
        shutil.copytree(HERE / "project", project)
        result, _ = run(project, "deps")
        assert result.success, result.exception
        make_state(project, work)
        result, _ = run(project, "parse")
        assert result.success, result.exception
        write_json(HERE / "manifest.json", trimmed(json.loads((project / "target/manifest.json").read_text())))
        cases = [f"--select {shlex.quote(spec)}" for spec in SPECS.split("\n") if spec]
        cases += [line for line in ARGUMENTS.split("\n") if line]
        texts = []
        for case in ["", *cases]:
            texts.append(record(project, case))
            print(".", end="", file=sys.stderr, flush=True)
        (HERE / "expected.txt").write_text("\n".join(texts).replace(str(project), "/shop"))
        record_selector_files(project)


if __name__ == "__main__":
    main()
