// A help desk: a bot that greets whoever enters its room, and counts the questions that nobody has answered yet.

/** Puts the bot into a room. Ends with `stop()`. */
export async function openHelpDesk(chat, name) {
  const room = await chat.rooms.get(name);
  const open = new Map();

  const presence = room.presence.subscribe(async ({ type, member }) => {
    if (type === 'enter' && member.clientId !== chat.clientId) {
      await room.messages.send({ text: `Welcome, ${member.clientId}. What is your question?` });
    }
  });
  const messages = room.messages.subscribe(({ message }) => {
    if (message.clientId === chat.clientId) return;
    if (message.text.endsWith('?')) open.set(message.serial, message);
    // An answer is a message that says which question it is for.
    open.delete(message.metadata.answers);
  });
  await room.attach();

  return {
    openQuestions: () => [...open.values()],
    async stop() {
      presence.unsubscribe();
      messages.unsubscribe();
      await chat.rooms.release(name);
    },
  };
}
