// The server's clock, ticking. Offsets come with answers, so a wrong clock on the desk shifts no
// act-by.
let offset = 0;
let now = $state(Date.now());

export const time = {
  get now() {
    return now;
  },
  /** Takes the server's word for what time it is. */
  set(utc: string) {
    const server = Date.parse(utc);
    if (Number.isNaN(server)) return;
    offset = server - Date.now();
    now = server;
  },
};

// On the second, so that every countdown on the screen moves at once.
function tick() {
  now = Date.now() + offset;
  setTimeout(tick, 1000 - (now % 1000) + 5);
}
tick();
