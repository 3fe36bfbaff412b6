import pytest

from dbt.tests.adapter.constraints import fixtures
from dbt.tests.adapter.constraints import test_constraints as base


class Types:
    """Types are compared by SQLite's affinity: what it knows of an expression before running it."""

    @pytest.fixture
    def int_type(self):
        return "INT"

    @pytest.fixture
    def data_types(self, schema_int_type, int_type, string_type):
        return [
            ["1", schema_int_type, int_type],
            ["'1'", string_type, string_type],
            ["cast('1.5' as real)", "real", "REAL"],
            ["1.5", "double", "REAL"],
            ["cast('1' as numeric)", "numeric", "NUM"],
            ["date('2013-11-03')", "text", "TEXT"],
            ["'a' || 'b'", "varchar(10)", "TEXT"],
        ]


class TestTableColumnsEqual(Types, base.BaseTableConstraintsColumnsEqual):
    pass


class TestViewColumnsEqual(Types, base.BaseViewConstraintsColumnsEqual):
    pass


class TestIncrementalColumnsEqual(Types, base.BaseIncrementalConstraintsColumnsEqual):
    pass


COLUMN_DDL = """
create table <model_identifier> (
    id int not null primary key check ((id > 0)) check (id >= 1) references <foreign_key_model_identifier> (id) unique,
    color text,
    date_day text
);
insert into <model_identifier> (id, color, date_day)
select id, color, date_day
from (
    -- depends_on: <foreign_key_model_identifier>
    select 'blue' as color, 1 as id, '2019-01-01' as date_day
) as model_subq
"""

MODEL_DDL = """
create table <model_identifier> (
    id int not null,
    color text,
    date_day text,
    check ((id > 0)),
    check (id >= 1),
    primary key (id),
    constraint strange_uniqueness_requirement unique (color, date_day),
    foreign key (id) references <foreign_key_model_identifier> (id)
);
insert into <model_identifier> (id, color, date_day)
select id, color, date_day
from (
    -- depends_on: <foreign_key_model_identifier>
    select 'blue' as color, 1 as id, '2019-01-01' as date_day
) as model_subq
"""

QUOTED_DDL = """
create table <model_identifier> (
    id integer not null,
    "from" text not null,
    date_day text,
    check (("from" = 'blue'))
);
insert into <model_identifier> (id, "from", date_day)
select id, "from", date_day
from (
    select 'blue' as "from", 1 as id, '2019-01-01' as date_day
) as model_subq
"""


class TestTableDdl(base.BaseConstraintsRuntimeDdlEnforcement):
    @pytest.fixture(scope="class")
    def expected_sql(self):
        return COLUMN_DDL


class TestIncrementalDdl(base.BaseIncrementalConstraintsRuntimeDdlEnforcement):
    @pytest.fixture(scope="class")
    def expected_sql(self):
        return COLUMN_DDL


class TestModelDdl(base.BaseModelConstraintsRuntimeEnforcement):
    @pytest.fixture(scope="class")
    def expected_sql(self):
        return MODEL_DDL


class TestQuotedColumn(base.BaseConstraintQuotedColumn):
    @pytest.fixture(scope="class")
    def expected_sql(self):
        return QUOTED_DDL


class NotNull:
    @pytest.fixture(scope="class")
    def expected_error_messages(self):
        return ["NOT NULL constraint failed", "my_model.id"]


class TestTableRollback(NotNull, base.BaseConstraintsRollback):
    pass


class TestIncrementalRollback(NotNull, base.BaseIncrementalConstraintsRollback):
    pass


class SqlHeader:
    """Postgres sets its time zone in the header; here the header makes what the query reads. It runs for the contract too."""

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "constraints_schema.yml": fixtures.model_contract_header_schema_yml,
            "my_model_contract_sql_header.sql": f"""
                {{{{ config(materialized='{self.materialized}', on_schema_change='append_new_columns') }}}}
                {{% call set_sql_header(config) %}}
                drop table if exists temp.my_header;
                create temporary table my_header as select cast('told' as text) as column_name;
                {{%- endcall %}}
                select column_name from my_header""",
        }


class TestTableContractSqlHeader(SqlHeader, base.BaseTableContractSqlHeader):
    materialized = "table"


class TestIncrementalContractSqlHeader(SqlHeader, base.BaseIncrementalContractSqlHeader):
    materialized = "incremental"


class TestIncrementalForeignKey(base.BaseIncrementalForeignKeyConstraint):
    pass
