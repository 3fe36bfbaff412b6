-- user_ltv is promised as a view: it shows the customers as they are, without a run in between.
select name, type
from sqlite_master
where name = '{{ ref('user_ltv').identifier }}' and type <> 'view'
