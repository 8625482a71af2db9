#!/bin/sh
# Proves policy.toml on each commit, in any CI that has a shell: offline, then done at a chat server of its own.
# Needs chatctl on the PATH; no account, no network.
set -eu
cd "$(dirname "$0")"

# Nothing is allowed that should not be, everything granted is exercised, and no change of a role goes unnoticed.
chatctl capability test policy.toml --min-coverage 100 --mutate

# The same, done: messages sent and deleted, presence entered and left, reactions made and taken back.
chatctl exec -- chatctl capability test policy.toml --live

# Before a release, at the endpoint itself, where the key of a test app is at hand:
if [ -n "${CHAT_TEST_KEY:-}" ]; then
  ABLY_API_KEY=$CHAT_TEST_KEY chatctl capability test policy.toml --live
fi
