"""A help desk: questions wait in a channel until they are answered. The app; nothing in it is about tests."""


class HelpDesk:
    def __init__(self, client, channel):
        self._channel = client.channels.get(channel)

    async def ask(self, question):
        await self._channel.publish("question", question)

    async def answer(self, question, text):
        await self._channel.publish("answer", {"question": question, "text": text})

    async def open_questions(self):
        """The questions without an answer, oldest first."""
        page = await self._channel.history(direction="forwards")
        answered = {item.data["question"] for item in page.items if item.name == "answer"}
        return [item.data for item in page.items if item.name == "question" and item.data not in answered]
