// What the page holds: words, names, and the pairs as columns of integers (see data.py).

const page = JSON.parse(document.getElementById("data").textContent);
// names are of a Swedish bureau, whatever the reader's language: å, ä and ö come last
const collator = new Intl.Collator("sv", { numeric: true, sensitivity: "base" });
const numerals = new Intl.NumberFormat(page.language);

/** A sentence of the page in its language, with its values filled in. */
function say(word, values = {}) {
  return page.words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Words as a list in a sentence: "a, b and c". */
function listing(texts) {
  if (texts.length < 2) return texts.join("");
  return say("and", { words: texts.slice(0, -1).join(", "), last: texts.at(-1) });
}

/** An element with a text. Names are never anything but text. */
function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

const KINDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };

/** The columns by name, inflated. */
async function columns() {
  const packed = Uint8Array.from(atob(page.bytes), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const body = await new Response(stream).arrayBuffer();
  const found = {};
  let at = 0;
  for (const { name, kind, bytes } of page.parts) {
    const part = body.slice(at, at + bytes);
    at += bytes;
    if (kind === "text") found[name] = bytes ? new TextDecoder().decode(part).split("\n") : [];
    else found[name] = new KINDS[kind](part);
  }
  return found;
}

/** Where the things of each group begin, and where the last one ends. */
function starts(counts) {
  const found = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) found[i + 1] = found[i] + counts[i];
  return found;
}

/** The bureau: names, pairs by client, states, teams of consultants, tags and teams of clients. */
async function readBureau() {
  const found = await columns();
  const states = [];
  for (let i = 0; i < found.states.length; i += 7) {
    const [pair, holds, gets, loses, wouldGet, wouldLose, left] = found.states.subarray(i, i + 7);
    states.push({ pair: Number(pair), holds, gets, loses, wouldGet, wouldLose, left });
  }
  const ends = starts(found.groups);
  const members = (first, names) =>
    names.map((name, i) => ({ name, members: found.members.subarray(ends[first + i], ends[first + i + 1]) }));
  const { teams, tags, portfolios } = page;
  return {
    consultants: found.consultants,
    keys: found.keys,
    clients: found.clients,
    starts: starts(found.counts),
    who: found.who,
    numbers: found.numbers,
    states,
    teams: members(0, teams),
    tags: members(teams.length, tags),
    portfolios: members(teams.length + tags.length, portfolios),
  };
}
