"""The command `chatctl`, which becomes the binary."""

import os
import sys

from ._binary import binary_path

_CANNOT_RUN = 126
_NOT_FOUND = 127


def main() -> None:
    try:
        binary = binary_path()
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(_NOT_FOUND)
    try:
        os.execv(binary, [binary, *sys.argv[1:]])
    except OSError as error:
        print(f"error: can't run {binary}: {error}", file=sys.stderr)
        sys.exit(_CANNOT_RUN)
