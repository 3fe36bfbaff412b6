select cast(1 as int) as a, cast('x' as text) as b
