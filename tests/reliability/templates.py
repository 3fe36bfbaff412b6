"""Templates reach nothing but what they are given: no files, processes, Python objects behind the values."""
from lab import expect, row

# Names of Python's own that a template could use to get out, and ways to write them.
ABSENT = """
''.__class__ | {}.__class__ | (1).__class__ | 1.5.__class__ | true.__class__ | none.__class__ | ref.__class__ | ref.__globals__ | ref.__self__
ref.__func__ | ref.__closure__ | ref.func_globals | ref.im_func | ref.gi_frame | ref.gi_code | ref.f_globals | config.__init__ | adapter.__class__
adapter.__dict__ | adapter.connections | modules.__class__ | modules.os | modules.sys | modules.subprocess | modules.re.sys
modules.re.__builtins__ | modules.datetime.sys | modules.datetime.__loader__ | modules.itertools.__spec__ | modules.pytz.os | self.__init__
self._TemplateReference__context | self.__class__ | dict.__base__ | range.__class__ | range.__self__ | __builtins__ | ''['__class__']
''['_' * 2 ~ 'class' ~ '_' * 2] | target.__class__ | graph.__class__ | graph.nodes.__class__ | env.environment | environment | request
context.__class__ | builtins.__class__ | builtins.open | env_var.__globals__ | load_agate_table.__code__ | exceptions.__class__
exceptions.raise_compiler_error.__globals__ | api.Relation.__class__ | invocation_args_dict.__class__ | namespace()._Namespace__attrs
namespace().__class__ | ''.mro | (1, 2).__class__ | [].append.__self__ | ''.join.__func__ | loop.__class__ | caller | varargs | cycler.__class__
"""
WAYS_AROUND = ["'' | attr('__class__')", "'{0.__class__}'.format('')", "'{x.__globals__}'.format(x=ref)", "'{0[__class__]}'.format([])",
               "'%s' | format(''.__class__)", "[''] | map(attribute='__class__') | list", "[''] | map('attr', '__class__') | list",
               "[ref] | map(attribute='__globals__') | first", "[1] | groupby('__class__')", "[1] | selectattr('__class__') | list",
               "context.get('__builtins__')"]
REFUSED = ["''.__class__.__mro__", "[].__class__.__base__.__subclasses__()", "config.__init__.__globals__", "this.__class__.__init__.__globals__",
           "cycler.__init__.__globals__.os", "joiner.__init__.__globals__", "namespace.__init__.__globals__.os", "lipsum.__globals__['os'].popen('id')",
           "open('/etc/passwd')", "file('/etc/passwd').read()", "exec('1')", "eval('1')", "compile('1', 'x', 'exec')", "__import__('os').system('id')",
           "globals()", "locals()", "vars()", "getattr('', '__class__')", "'' | attr('__class__') | attr('__mro__')", "dir()", "input()", "breakpoint()",
           "'{0.__class__.__mro__[1]}'.format('')", "[1] | sort(attribute='__class__.__name__')", "caller.__globals__", "os.environ['HOME']",
           "api.Relation.__subclasses__()", "api.Column.__init__.__globals__", "(1, 2).__class__.__base__", "ref.mro()", "modules.pytz.open_resource('UTC')",
           "modules.os.popen('id').read()", "modules.re.sys.modules"]
SIGNS = ("<class", "<function", "<built-in", "<module", "object at 0x", "root:", "uid=", "__main__")


@row("templates")
def sandbox_has_no_way_out(lab):
    """Attributes that lead to Python's classes, globals, files and processes are absent; calling them is an error."""
    absent = [e.strip() for e in ABSENT.replace("\n", " | ").split(" | ") if e.strip()]
    lines = [f"{{{{ ({e}) is defined }}}} -- {i}" for i, e in enumerate(absent)] + [f"{{{{ {e} }}}}" for e in WAYS_AROUND]
    project = lab.project({"models/m.sql": "{% set loop = 1 %}select 1 as id /*\n" + "\n".join(lines) + "\n*/"})
    project.ok("compile")
    text = (project.folder / "target/compiled/shop/models/m.sql").read_text()
    there = [absent[i] for i in range(len(absent)) if f"False -- {i}\n" not in text]
    expect(not there, f"defined: {there}")
    shown = [sign for sign in SIGNS if sign in text]
    expect(not shown, lambda: f"{shown} in {text}")
    for expression in lab.random.sample(REFUSED, lab.pick(8, len(REFUSED))):
        project.write({"models/m.sql": f"select '{{{{ {expression} }}}}' as a"})
        done = project.refused("compile", code=2, has="models/m.sql:1:")
        shown = [sign for sign in SIGNS if sign in done.output]
        expect(not shown, lambda: f"{shown}: {done.text()}")


@row("templates")
def regular_expressions_that_explode(lab):
    """Patterns that take exponential time end with an error that names the pattern's place, not with a hang."""
    cases = ["modules.re.match('(a+)+$', 'a' * 5000 ~ 'b')", "modules.re.search('(x+x+)+y', 'x' * 4000)", "modules.re.sub('(a|aa)+$', '', 'a' * 4000 ~ 'b')",
             "modules.re.findall('(.*)*#', 'a' * 4000)", "modules.re.compile('([a-z]+)*!').fullmatch('a' * 4000)",
             "modules.re.split('(a*)*b', 'a' * 4000)"]
    for expression in cases:
        project = lab.project({"models/m.sql": f"select '{{{{ {expression} }}}}' as a"})
        done = project.run("compile", timeout=60)
        expect(done.code == 0 or done.code == 2 and "match limit" in done.output and "models/m.sql:1:" in done.output, done.text)
    sql = "select regexp_like(printf('%.4000c', 'a') || 'b', '(a+)+$') as a"
    done = lab.project({"models/m.sql": "{{ config(materialized='table') }} " + sql}).run("run", timeout=60)
    expect(done.code == 0 or done.code == 1 and "limit" in done.output, done.text)
