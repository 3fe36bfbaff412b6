#!/usr/bin/env python3
"""Alerts against listeners on loopback: exactly one message for a run that failed, none for one that did not, and no
harm from an end that is dead, slow or unwilling.

    alerts_test.py build/release/modelc
"""
import base64
import email
import email.policy
import http.server
import json
import os
import pathlib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

BINARY = str(pathlib.Path(sys.argv[1]).resolve())
SECRET_PATH = "/services/T0/B0/s3cr3tpath"
PASSWORD = "pa55word-of-mail"

SETTINGS = """
vars:
  modelc_alerts:
    webhook: "{{ env_var('DBT_ENV_SECRET_HOOK', '') }}"
    email:
      server: "{{ env_var('MAIL_SERVER', '') }}"
      from: "modelc <modelc@example.com>"
      to: [ann@example.com, "Bob <bob@example.com>"]
    timeout_seconds: 1
"""


class Hook:
    """A webhook that keeps what it is sent."""

    def __init__(self, status=200, delay=0.0):
        outer = self
        self.messages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.messages.append((self.path, self.headers["Content-Type"], json.loads(body)))
                time.sleep(delay)
                try:
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(b"ok")
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}{SECRET_PATH}"


class MailServer:
    """As much of SMTP as a client needs."""

    def __init__(self):
        outer = self
        self.messages = []
        self.logins = []

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 test")
                sender, recipients = None, []
                for line in iter(self.rfile.readline, b""):
                    text = line.decode().strip()
                    verb = text.split(" ")[0].upper()
                    if verb == "EHLO":
                        self.say("250-test")
                        self.say("250 AUTH PLAIN")
                    elif verb == "AUTH":
                        words = text.split(" ")
                        if len(words) < 3:
                            self.say("334 ")
                            words.append(self.rfile.readline().decode().strip())
                        outer.logins.append(base64.b64decode(words[2]).split(b"\0")[1:])
                        self.say("235 ok")
                    elif verb == "MAIL":
                        sender = text
                        self.say("250 ok")
                    elif verb == "RCPT":
                        recipients.append(text)
                        self.say("250 ok")
                    elif verb == "DATA":
                        self.say("354 go on")
                        data = b""
                        while not data.endswith(b"\r\n.\r\n"):
                            data += self.rfile.readline()
                        outer.messages.append((sender, recipients, data[:-3]))
                        self.say("250 ok")
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"


class Project:
    def __init__(self, folder, settings=SETTINGS):
        self.folder = folder
        self.write("project.yml", "name: shop\nversion: '1.0'\n" + settings)
        self.write("models/good.sql", "select 1 as id")
        self.write("tests/odd.sql", "select id from {{ ref('good') }} where id = {{ var('odd', 0) }}")

    def write(self, path, text):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def run(self, *arguments, code, **environment):
        env = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")} | {"HOME": str(self.folder / "home"), "no_proxy": "*"}
        done = subprocess.run([BINARY, *arguments], cwd=self.folder, env=env | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=120)
        assert done.returncode == code, f"exit {done.returncode}, not {code}:\n{done.stdout}"
        log = (self.folder / "logs/dbt.log").read_text()
        for secret in (SECRET_PATH, PASSWORD):
            assert secret not in done.stdout and secret not in log, "a secret in the log"
        return done.stdout


def one_message_a_failed_run(project):
    hook, mail = Hook(), MailServer()
    ends = {"DBT_ENV_SECRET_HOOK": hook.url, "MAIL_SERVER": mail.url}
    output = project.run("build", code=0, **ends)
    assert hook.messages == [] and mail.messages == [] and "lert" not in output, output

    project.write("models/bad.sql", "select \"nöpe<b>\" as id\n")
    output = project.run("build", "--vars", "odd: 1", code=1, **ends)
    assert "Alert sent to the webhook" in output and "Alert sent to ann@example.com" in output, output
    assert len(hook.messages) == 1 and len(mail.messages) == 1
    path, kind, message = hook.messages[0]
    assert path == SECRET_PATH and kind == "application/json" and list(message) == ["text"]
    text = message["text"]
    assert text.startswith("*shop: modelc build on target dev: 1 error, 1 failure*"), text
    assert "*ERROR* model.shop.bad (models/bad.sql)" in text and "no such column: nöpe&lt;b&gt;" in text, text
    assert "*FAIL* test.shop.odd (tests/odd.sql)" in text and "Got 1 result" in text, text

    sender, recipients, data = mail.messages[0]
    assert sender.startswith("MAIL FROM:<modelc@example.com>"), sender
    assert recipients == ["RCPT TO:<ann@example.com>", "RCPT TO:<bob@example.com>"], recipients
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert parsed["Subject"] == "shop: modelc build on target dev: 1 error, 1 failure", parsed["Subject"]
    assert parsed["To"] == "ann@example.com, Bob <bob@example.com>", parsed["To"]
    assert "no such column: nöpe<b>" in parsed.get_content(), parsed.get_content()

    project.run("retry", code=1, **ends)
    assert len(hook.messages) == 2
    project.run("compile", code=0, **ends)
    project.run("run", "-s", "good", code=0, **ends)
    assert len(hook.messages) == 2 and len(mail.messages) == 2


def a_job_that_could_not_run(project):
    hook = Hook()
    project.write("models/schema.yml", "models:\n  - name: good\n    description: \"{{ doc('absent') }}\"\n")
    project.run("build", code=2, DBT_ENV_SECRET_HOOK=hook.url)
    assert len(hook.messages) == 1 and "it could not run" in hook.messages[0][2]["text"], hook.messages


def warnings_when_asked_for(project):
    hook = Hook()
    project.write("tests/odd.sql", "{{ config(severity='warn') }} select 1 as id")
    project.run("build", code=0, DBT_ENV_SECRET_HOOK=hook.url)
    assert hook.messages == []
    project.write("project.yml", "name: shop\nversion: '1.0'\n" + SETTINGS.replace("modelc_alerts:", "modelc_alerts:\n    on: [warn, error]"))
    project.run("build", code=0, DBT_ENV_SECRET_HOOK=hook.url)
    assert len(hook.messages) == 1 and "1 warning" in hook.messages[0][2]["text"], hook.messages


def other_ends_do_no_harm(project):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}{SECRET_PATH}"
    output = project.run("build", "--vars", "odd: 1", code=1, DBT_ENV_SECRET_HOOK=dead, MAIL_SERVER="smtp://127.0.0.1:1")
    assert output.count("The alert could not be sent") == 2, output
    slow = Hook(delay=30)
    output = project.run("build", "--vars", "odd: 1", code=1, DBT_ENV_SECRET_HOOK=slow.url)
    assert "The alert could not be sent to the webhook" in output and len(slow.messages) == 1, output
    unwilling = Hook(status=500)
    output = project.run("build", "--vars", "odd: 1", "--warn-error", code=1, DBT_ENV_SECRET_HOOK=unwilling.url)
    assert "the server answered with status 500" in output, output


def wrong_settings_show_at_once(project):
    for settings, message in ((SETTINGS.replace("webhook:", "webhok:"), "did you mean 'webhook'?"),
                              (SETTINGS.replace("modelc_alerts:", "modelc_alerts:\n    on: [failure]"), "`on` has no outcome 'failure'"),
                              (SETTINGS.replace(", '')", ")"), "Env var required but not provided")):
        project.write("project.yml", "name: shop\nversion: '1.0'\n" + settings)
        output = project.run("build", code=0)
        assert "Alerts are not sent: " in output and message in output, output


def a_password_is_sent_only_when_encrypted(project):
    mail = MailServer()
    settings = SETTINGS.replace("      from:", "      user: ann\n      password: \"{{ env_var('DBT_ENV_SECRET_MAIL') }}\"\n      from:")
    project.write("project.yml", "name: shop\nversion: '1.0'\n" + settings)
    ends = {"MAIL_SERVER": mail.url, "DBT_ENV_SECRET_MAIL": PASSWORD}
    output = project.run("build", "--vars", "odd: 1", code=1, **ends)
    assert "The alert could not be sent to ann@example.com" in output and mail.logins == [] and mail.messages == [], output
    project.write("project.yml", "name: shop\nversion: '1.0'\n" + settings.replace("      from:", "      tls: false\n      from:"))
    project.run("build", "--vars", "odd: 1", code=1, **ends)
    assert mail.logins == [[b"ann", PASSWORD.encode()]] and len(mail.messages) == 1, mail.logins


def main() -> int:
    for check in (one_message_a_failed_run, a_job_that_could_not_run, warnings_when_asked_for, other_ends_do_no_harm,
                  wrong_settings_show_at_once, a_password_is_sent_only_when_encrypted):
        with tempfile.TemporaryDirectory(prefix="modelc_alerts_") as folder:
            check(Project(pathlib.Path(folder)))
            print(f"ok {check.__name__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
