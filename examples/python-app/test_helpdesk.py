"""Each test has an app of its own in one server, so that all of them use the channel 'help'."""

import asyncio

import pytest
from ably import AblyException, AblyRest

from helpdesk import HelpDesk


def with_desk(app, work):
    async def run():
        async with AblyRest(**app.client_options) as client:
            return await work(HelpDesk(client, "help"))

    return asyncio.run(run())


def test_questions_wait_for_answers(chatctl_app):
    async def work(desk):
        await desk.ask("Does it rain?")
        await desk.ask("Where is my umbrella?")
        await desk.answer("Does it rain?", "It does.")
        return await desk.open_questions()

    assert with_desk(chatctl_app, work) == ["Where is my umbrella?"]


def test_the_desk_is_empty_at_first(chatctl_app):
    assert with_desk(chatctl_app, lambda desk: desk.open_questions()) == []


def test_guests_may_only_read(chatctl_server):
    with chatctl_server.app(capabilities=[{"*": ["history", "subscribe"]}]) as guests:
        assert with_desk(guests, lambda desk: desk.open_questions()) == []
        with pytest.raises(AblyException) as refused:
            with_desk(guests, lambda desk: desk.ask("May I?"))
        assert refused.value.code == 40160
