// Failures on demand, for the clients of one app: `chatctl help faults` lists what rules take.

const { CHATCTL_ADMIN_TOKEN, CHATCTL_URL } = process.env;

/** The faults of the app `appId`, over the server's own HTTP. */
export function faultsOf(appId) {
  const call = async (method, path, body) => {
    const response = await fetch(`${CHATCTL_URL}/chatctl/${path}?app=${appId}`, {
      method,
      headers: { authorization: `Bearer ${CHATCTL_ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    /** Does a fault at once. */
    now: (fault) => call('POST', 'faults/actions', fault),
    /** Adds a rule. */
    add: (rule) => call('POST', 'faults', { fault: [rule] }),
    /** Cuts the connections of a client. */
    cut: (client) => call('POST', 'faults/actions', { do: 'cut', client }),
  };
}
