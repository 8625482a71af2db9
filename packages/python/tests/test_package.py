"""The installed package. Wants CHATCTL with the path of the binary; tests/packages runs it in a fresh environment."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

import chatctl

CHATCTL = os.environ["CHATCTL"]
CARRIES = os.environ.get("CARRIES") == "yes"
PATIENCE = 20


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No server, and a binary that the package finds."""
    for name in list(os.environ):
        if name.startswith(("ABLY_", "CHATCTL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    if not CARRIES:
        monkeypatch.setenv("CHATCTL_BIN", CHATCTL)


def run(*command, status=0, **more):
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **more})
    assert ran.returncode == status, ran.stderr
    return ran


def answers(url):
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), 5).close()
    except OSError:
        return False
    return True


def falls_silent(url):
    end = time.monotonic() + PATIENCE
    while answers(url):
        assert time.monotonic() < end, f"{url} still answers"
        time.sleep(0.005)


def test_a_server_that_sdks_and_programs_find():
    with chatctl.start() as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert server.env == {
            "ABLY_API_KEY": server.key,
            "ABLY_ENDPOINT": "127.0.0.1",
            "ABLY_PORT": str(server.port),
            "ABLY_TLS": "false",
            "ABLY_URL": server.url,
            "CHATCTL_URL": server.url,
            "CHATCTL_ADMIN_TOKEN": server.address.admin_token,
        }
        assert server.address.admin_token not in repr(server)
        assert server.key.split(":")[1] not in repr(server)
        run(CHATCTL, "room", "send", "lobby", "hello", **server.env)
        server.reset()
        assert run(CHATCTL, "room", "history", "lobby", "--jq", "length", **server.env).stdout == "0\n"
    assert not answers(server.url)
    # A second stop is as good.
    server.stop()


def test_apps_do_not_see_each_other():
    with chatctl.start(key="app.key:secret") as server:
        assert server.keys == ["app.key:secret"]
        with server.app() as one, server.app() as other:
            assert one.app_id != other.app_id
            run(CHATCTL, "room", "send", "lobby", "hello", **one.env)
            count = ("room", "history", "lobby", "--jq", "length")
            assert run(CHATCTL, *count, **one.env).stdout == "1\n"
            assert run(CHATCTL, *count, **other.env).stdout == "0\n"
            one.reset()
            assert run(CHATCTL, *count, **one.env).stdout == "0\n"
        run(CHATCTL, *count, **one.env, status=3)
        app = server.app(capabilities=[{"*": ["subscribe"]}, '{"*":["publish"]}'])
        assert len(app.keys) == 2
        run(CHATCTL, "room", "send", "lobby", "hello", **app.env, status=4)
        app.reset()
        app.delete()
        run(CHATCTL, *count, **app.env, status=3)


def test_a_server_that_the_environment_names():
    with chatctl.start() as server:
        found = chatctl.connect(server.env)
        assert found.client_options == server.client_options
        with found.app() as app:
            assert app.key != server.key
    with pytest.raises(RuntimeError, match="CHATCTL_URL and ABLY_API_KEY are not set"):
        chatctl.connect({})


def test_faults_are_of_one_app():
    def send(app, status):
        run(CHATCTL, "room", "send", "lobby", "hello", status=status, **app.env)

    with chatctl.start() as server, server.app() as app, server.app() as other:
        rule = app.faults.add("refuse", at="commit", code=42911, times=1)
        send(app, 6)
        send(other, 0)
        send(app, 0)
        assert [listed["fired"] for listed in app.faults.list()] == [1]
        assert [entry["at"] for entry in app.faults.log()] == ["commit"]
        app.faults.clear(rule)
        assert app.faults.list() == []
        assert chatctl.connect(app.env).cut(client="nobody") == 0
        with pytest.raises(RuntimeError, match="did you mean 'drop'"):
            app.faults.add("dorp")


def test_time_is_moved_by_hand():
    start = 1_893_456_000_000
    with chatctl.start(args=["--clock", "virtual", "--clock-start", "2030-01-01T00:00:00Z"]) as server:
        assert server.clock.now() == start
        assert server.clock.advance("2m") == start + 120_000
        assert server.clock.advance(500) == start + 120_500
        sent = run(CHATCTL, "room", "send", "lobby", "hello", "--json", **server.env)
        assert str(start + 120_500) in sent.stdout
        server.clock.run()
        server.clock.freeze()
        frozen = server.clock.now()
        assert server.clock.now() == frozen
        assert server.clock.next() >= frozen
        with pytest.raises(RuntimeError, match="is not a duration"):
            server.clock.advance("soon")
    with chatctl.start() as server, pytest.raises(RuntimeError, match="serve --clock virtual"):
        server.clock.advance("2m")


def test_tls():
    with chatctl.start(tls=True) as server:
        assert server.tls and server.url.startswith("https:")
        with server.app():
            pass
        with chatctl.connect(server.env).app():
            pass
        run(CHATCTL, "room", "send", "lobby", "hello", **server.env)
    assert not os.path.exists(server.ca_file)


def test_why_a_server_does_not_start(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)status 2.*nowhere\.toml"):
        chatctl.start(seed="nowhere.toml")
    with pytest.raises(FileNotFoundError, match="/nowhere/chatctl"):
        chatctl.start(binary="/nowhere/chatctl")
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nread line\n")
    sleeper.chmod(0o755)
    with pytest.raises(TimeoutError, match="did not start within 0.1 s"):
        chatctl.start(binary=str(sleeper), timeout=0.1)


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_no_server_is_left_behind(end):
    code = "import chatctl, sys; print(chatctl.start().url, flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    assert answers(url)
    if end == "kill":
        process.kill()
    process.communicate()
    falls_silent(url)


def test_the_command_is_the_binary(monkeypatch, tmp_path):
    command = os.path.join(os.path.dirname(sys.executable), "chatctl")
    assert run(command, "--version").stdout == run(CHATCTL, "--version").stdout
    assert run(sys.executable, "-m", "chatctl", "--version").stdout.startswith("chatctl ")
    run(command, "exec", "--", "sh", "-c", "exit 7", status=7)
    process = subprocess.Popen([command, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    assert answers(process.stdout.readline().strip())
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 0
    if not CARRIES:
        monkeypatch.delenv("CHATCTL_BIN")
        alone = run(command, "--version", PATH=os.path.dirname(command), status=127)
        assert "there is no chatctl binary" in alone.stderr
        (tmp_path / "chatctl").symlink_to(CHATCTL)
        path = f"{os.path.dirname(command)}:{tmp_path}"
        assert run(command, "--version", PATH=path).stdout.startswith("chatctl ")
    wrong = run(command, "--version", CHATCTL_BIN="/nowhere", status=127)
    assert "'/nowhere' is not an executable file" in wrong.stderr


TESTS = """
import subprocess

def send(app):
    command = ["{binary}", "room", "send", "lobby", "hello"]
    subprocess.run(command, check=True, env=app.env)
    count = ["{binary}", "room", "history", "lobby", "--jq", "length"]
    return subprocess.run(count, check=True, env=app.env, capture_output=True, text=True).stdout

def test_one(chatctl_app, chatctl_server):
    assert send(chatctl_app) == "1\\n"
    assert chatctl_app.url == chatctl_server.url

def test_other(chatctl_app):
    assert send(chatctl_app) == "1\\n"
    print("URL", chatctl_app.url)
"""


def urls(ran):
    return [line.split(" ")[1] for line in ran.stdout.splitlines() if line.startswith("URL ")]


def test_the_plugin(tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS.format(binary=CHATCTL))
    pytest_command = (sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", str(tmp_path))
    ran = run(*pytest_command)
    assert "2 passed" in ran.stdout
    assert not answers(urls(ran)[0])
    # The server of `exec` is used where there is one.
    ran = run(CHATCTL, "exec", "--", "sh", "-c", 'echo "EXEC $CHATCTL_URL"; exec "$@"', "sh", *pytest_command)
    assert f"EXEC {urls(ran)[0]}" in ran.stdout


def test_the_options_of_the_plugin(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import pytest\n@pytest.fixture(scope='session')\ndef chatctl_options():\n    return {'key': 'app.key:secret'}\n"
    )
    (tmp_path / "test_it.py").write_text("def test_key(chatctl_server):\n    assert chatctl_server.app_id == 'app'\n")
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path))


def test_the_sdk():
    ably = pytest.importorskip("ably")

    async def publish(app):
        async with ably.AblyRest(**app.client_options) as client:
            await client.channels.get("lobby").publish("m", "hello")
            assert [item.data for item in (await client.channels.get("lobby").history()).items] == ["hello"]
        realtime = ably.AblyRealtime(**app.realtime_options, client_id="ann")
        try:
            await asyncio.wait_for(realtime.channels.get("lobby").attach(), PATIENCE)
        finally:
            await asyncio.wait_for(realtime.close(), PATIENCE)

    with chatctl.start() as server, server.app() as app:
        asyncio.run(publish(app))
