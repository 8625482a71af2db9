#!/usr/bin/env python3
"""Writes build/startup.ld anew: the functions that the start of a command runs, as valgrind sees them.

    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release --target-dir target/unstripped
    build/record.py target/unstripped/release/chatctl

Wants valgrind and nm. The list need not be exact: a function that is not in it stands where it would stand without, and
a name that there is no more is passed over.
"""

import fnmatch
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

KEY = "appid.keyid:secret"
# Those that need no network come first, closest together: theirs are the shortest lives.
OFFLINE = [
    ["token", "mint", "--client-id", "a"],
    ["claims", "decode", "{token}"],
    ["capability", "check", "lobby", "--feature", "send-messages", "--token", "{token}"],
    ["error", "40160"],
]
# `exec` is there for its server; what it runs is what is looked at.
ONLINE = [["exec", "--", "{valgrind}", "{chatctl}", "room", "send", "lobby", "hello"]]
# A pattern that is shorter by this many characters may take this many bytes along that are not used.
STEP = 24
ALONG = 512
HEAD = """\
/* What the start of a command runs, put together, so that it lies on few pages. Written by build/record.py. */
SECTIONS
{
  .text.startup :
  {
"""
TAIL = """\
  }
}
INSERT BEFORE .text;
"""


def touched(chatctl, commands):
    """The symbols of the functions that `commands` run."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"--callgrind-out-file={folder}/callgrind.%p"
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", "--demangle=no", out]
        run = dict(env=dict(os.environ, ABLY_API_KEY=KEY), check=True, capture_output=True, text=True)
        token = subprocess.run([chatctl, "token", "mint"], **run).stdout.strip()
        for command in commands:
            line = [] if "{valgrind}" in command else [*valgrind, chatctl]
            line += [chatctl] if "{valgrind}" in command else []
            for word in command:
                line += valgrind if word == "{valgrind}" else [word.format(token=token, chatctl=chatctl)]
            subprocess.run(line, **run)
        written = "".join(file.read_text() for file in Path(folder).iterdir())
    return set(re.findall(r"^c?fn=\(\d+\) ([^'\s]+)", written, re.M))


def pattern(name):
    """The symbol without what changes from one version of the compiler or of a crate to the next."""
    name = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", name)
    name = re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", name)
    # Where in the name something was named before depends on the lengths of these.
    name = re.sub(r"B[0-9A-Za-z]*_", "B*_", name)
    return name.replace("$", "?")


def shortest(whole, name, sizes, names):
    """The beginning of the pattern that suffices to tell the function from those that are not used."""
    for length in range(2 * STEP, len(whole), STEP):
        wanted = whole[:length].rstrip("*") + "*"
        same = fnmatch.filter(sizes, wanted)
        if name in same and sum(sizes[other] for other in same if other not in names) <= ALONG:
            return wanted
    return whole


def main():
    chatctl = str(Path(sys.argv[1]).resolve())
    listed = subprocess.run(["nm", "--print-size", chatctl], check=True, capture_output=True, text=True).stdout
    rows = (line.split() for line in listed.splitlines())
    sizes = {row[3]: int(row[1], 16) for row in rows if len(row) == 4 and row[2] in "tT"}
    patterns = []
    for commands in (OFFLINE, ONLINE):
        names = touched(chatctl, commands) & sizes.keys()
        wanted = {shortest(pattern(name), name, sizes, names) for name in sorted(names)}
        patterns += sorted(wanted - set(patterns))
    # A function that the compiler believes to be called seldom is in a section of another prefix.
    lines = "".join(f"    *(.text*{wanted})\n" for wanted in patterns)
    (Path(__file__).parent / "startup.ld").write_text(HEAD + lines + TAIL)
    print(f"{len(patterns)} patterns")


if __name__ == "__main__":
    main()
