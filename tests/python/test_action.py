"""action.yml, the GitHub Action: its shell steps are run as GitHub runs them, those of other actions are looked at.

Wants CHATCTL with the path of the binary.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
EXAMPLE = yaml.safe_load((ROOT / "examples/github-actions/chat-policy.yml").read_text())
STEPS = ACTION["runs"]["steps"]

POLICY = """
[roles.member]
grant = { "dms:*" = ["send-messages"] }

[[test]]
name = "members send"
role = "member"
room = "dms:a"
%s = ["send-messages"]
"""


class Expressions:
    """The values of `${{ … }}` and of `if:`: as much of the language as action.yml uses."""

    def __init__(self, inputs):
        self.values = {f"inputs.{name}": str(value) for name, value in inputs.items()}

    def value(self, term):
        term = term.strip()
        if re.fullmatch(r"'[^']*'", term):
            return term[1:-1]
        # A step that was skipped has no outputs.
        if not re.fullmatch(r"(inputs|github|runner|steps)\.[\w.-]+", term):
            raise ValueError(f"not understood: {term}")
        if term.startswith("inputs."):
            return self.values[term]
        return self.values.get(term, "")

    def fill(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: self.value(found[1]), str(text))

    def holds(self, condition):
        def compare(term):
            left, operator, right = re.fullmatch(r"(.*?)\s*([!=]=)\s*(.*)", term.strip()).groups()
            return (self.value(left) == self.value(right)) == (operator == "==")

        return all(compare(term) for term in condition.split("&&"))


class Runner:
    """Runs the steps in a folder of its own, as a runner of GitHub does."""

    def __init__(self, folder, inputs, path):
        self.folder = folder
        self.workspace = folder / "workspace"
        self.temp = folder / "temp"
        for made in (self.workspace, self.temp):
            made.mkdir(exist_ok=True)
        defaults = {name: given["default"] for name, given in ACTION["inputs"].items()}
        self.expressions = Expressions({**defaults, **inputs})
        self.expressions.values.update({"github.action_path": str(ROOT), "runner.temp": str(self.temp)})
        self.path = path
        self.output = ""
        self.ran = []

    def run(self):
        """Returns the status of the first step that fails, or 0."""
        for step in STEPS:
            if not self.expressions.holds(step.get("if", "'' == ''")):
                continue
            self.ran.append(step["name"])
            if "run" in step:
                status = self.run_shell(step)
                if status != 0:
                    return status
        return 0

    def run_shell(self, step):
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        environment = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "HOME": str(self.folder),
            "PATH": self.path,
            "RUNNER_ARCH": "X64",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.temp),
            **{name: str(path) for name, path in files.items()},
            **{name: self.expressions.fill(value) for name, value in step.get("env", {}).items()},
        }
        where = self.workspace / self.expressions.fill(step.get("working-directory", "."))
        # GitHub's own words for `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        ran = subprocess.run(
            command, cwd=where, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
        )
        self.output += ran.stdout
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            name, value = line.split("=", 1)
            self.expressions.values[f"steps.{step['id']}.outputs.{name}"] = value
        for line in files["GITHUB_PATH"].read_text().splitlines():
            self.path = f"{line}:{self.path}"
        return ran.returncode


class Action(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.binary = os.environ["CHATCTL"]

    def runner(self, path=os.environ["PATH"], **inputs):
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        return Runner(self.folder, inputs, path)

    def write(self, name, text):
        path = self.folder / "workspace" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_inputs_are_declared_used_and_never_pasted_into_scripts(self):
        text = (ROOT / "action.yml").read_text()
        used = set(re.findall(r"\binputs\.([\w-]+)", text))
        self.assertEqual(used, set(ACTION["inputs"]))
        for given in ACTION["inputs"].values():
            self.assertEqual(set(given), {"description", "default"})
        for step in STEPS:
            self.assertNotIn("${{", step.get("run", ""), step["name"])
            self.assertTrue("uses" in step or step["shell"] == "bash", step["name"])
        ids = {step["id"] for step in STEPS if "id" in step}
        self.assertEqual(set(re.findall(r"\bsteps\.(\w+)\.", text)), ids)
        self.assertEqual(ACTION["runs"]["using"], "composite")

    def test_the_example_uses_its_inputs(self):
        jobs = EXAMPLE["jobs"].values()
        steps = [step for job in jobs for step in job["steps"] if "/chatctl@" in step.get("uses", "")]
        self.assertEqual(len(steps), 2)
        for step in steps:
            self.assertLessEqual(set(step["with"]), set(ACTION["inputs"]))

    def test_a_policy_that_holds(self):
        self.write("chat/policy.toml", POLICY % "only")
        runner = self.runner(
            binary=self.binary, policy="policy.toml\n", policy_args="--min-coverage=100\n", live="true", working_directory="chat"
        )
        self.assertEqual(runner.run(), 0, runner.output)
        self.assertEqual(runner.ran, ["Put chatctl on PATH", "Test the policy"])
        installed = runner.expressions.fill(ACTION["outputs"]["path"]["value"])
        self.assertEqual(shutil.which("chatctl", path=runner.path), installed)

    def test_a_policy_that_fails_is_annotated(self):
        self.write("policy.toml", POLICY % "deny")
        runner = self.runner(binary=self.binary, policy="policy.toml")
        self.assertEqual(runner.run(), 1, runner.output)
        self.assertRegex(runner.output, r"::error file=policy\.toml,line=\d+,title=.*members send")

    def test_a_missing_policy_and_a_wrong_word_fail(self):
        self.write("policy.toml", POLICY % "only")
        self.assertEqual(self.runner(binary=self.binary, policy="nowhere.toml").run(), 2)
        runner = self.runner(binary=self.binary, policy="policy.toml", live="yes")
        self.assertEqual(runner.run(), 2)
        self.assertIn("::error::live must be true or false, not 'yes'", runner.output)

    def test_a_script_runs_with_a_server(self):
        self.write("lobby.jsonl", '{"roomName":"lobby","clientId":"ann","text":"welcome","age":"1h"}\n')
        script = "chatctl room history lobby --jq '.[].text'\necho \"$ABLY_ENDPOINT ${SCRIPT-unset}\"\ncat nowhere | true\n"
        runner = self.runner(binary=self.binary, run=script, serve_args="\n--seed=lobby.jsonl\n\n")
        self.assertEqual(runner.run(), 1, runner.output)
        self.assertIn("welcome\n127.0.0.1 unset\n", runner.output)
        self.assertEqual(list((self.folder / "temp").glob("*.sh")), [])
        self.assertEqual(self.runner(binary=self.binary, run="exit 7").run(), 7)

    def test_it_is_built_where_no_build_is_cached(self):
        tools = self.folder / "tools"
        tools.mkdir()
        stub = tools / "cargo"
        stub.write_text(
            "#!/bin/sh\n"
            'echo "cargo $*"\n'
            'mkdir -p "$RUNNER_TEMP/chatctl/bin" "$RUNNER_TEMP/chatctl/target"\n'
            f'cp "{self.binary}" "$RUNNER_TEMP/chatctl/bin/chatctl"\n'
        )
        stub.chmod(0o755)
        runner = self.runner(path=f"{tools}:{os.environ['PATH']}", run="chatctl --version")
        self.assertEqual(runner.run(), 0, runner.output)
        root = f"{runner.temp}/chatctl"
        self.assertIn(
            f"cargo install --locked --quiet --path {ROOT} --root {root} --target-dir {root}/target\n", runner.output
        )
        self.assertEqual([path.name for path in Path(root).iterdir()], ["bin"])
        cache = next(step for step in STEPS if "uses" in step)
        key = runner.expressions.fill(cache["with"]["key"])
        self.assertRegex(key, r"^chatctl-Linux-X64-[0-9a-f]{16}$")
        self.assertEqual(runner.expressions.fill(cache["with"]["path"]), f"{root}/bin")
        # What was cached is used.
        cached = self.runner(run="chatctl --version")
        cached.expressions.values["steps.cache.outputs.cache-hit"] = "true"
        self.assertEqual(cached.run(), 0, cached.output)
        self.assertNotIn("Build chatctl", cached.ran)


if __name__ == "__main__":
    unittest.main()
