// Which clients and consultants are looked at: by name, team, tag, by what changes; and in which order.

/** Numbers from 0, as many as told. */
function upTo(n) {
  return Uint32Array.from({ length: n }, (_, i) => i);
}

/** A flag for each of n things: whether it is in the chosen group, or in none of the groups. */
function flags(n, groups, chosen) {
  const found = new Uint8Array(n);
  if (chosen === "") return found.fill(1);
  if (chosen === "none") {
    found.fill(1);
    for (const group of groups) for (const i of group.members) found[i] = 0;
  } else for (const i of groups[Number(chosen)].members) found[i] = 1;
  return found;
}

function unlike(found, n, wanted, texts) {
  const text = wanted.trim().toLocaleLowerCase(page.language);
  if (!text) return;
  for (let i = 0; i < n; i++) if (!texts(i).toLocaleLowerCase(page.language).includes(text)) found[i] = 0;
}

/**
 * The clients and consultants that filters leave, in order.
 *
 * filters: clients, consultants (texts), team, tag, portfolio (numbers as text, "none" or ""), changes (whether only what
 * changes), order ("team" or "name"), by ({consultant} or {client} whose pairs come first, or nothing).
 */
function choose(bureau, looks, filters) {
  const people = flags(bureau.consultants.length, bureau.teams, filters.team);
  const places = filters.portfolio
    ? flags(bureau.clients.length, bureau.portfolios, filters.portfolio)
    : flags(bureau.clients.length, bureau.tags, filters.tag);
  unlike(people, people.length, filters.consultants, (i) => `${bureau.consultants[i]} ${bureau.keys[i]}`);
  unlike(places, places.length, filters.clients, (i) => bureau.clients[i]);
  if (filters.changes) onlyChanged(bureau, looks, people, places);
  const clients = upTo(places.length).filter((i) => places[i]);
  const consultants = upTo(people.length).filter((i) => people[i]);
  consultants.sort((a, b) => collator.compare(bureau.consultants[a], bureau.consultants[b]));
  if (filters.order === "team") {
    // who belongs together stands together, so that what is drawn lies along the diagonal
    byTeam(consultants, people.length, bureau.teams);
    byTeam(clients, places.length, bureau.portfolios);
  }
  sortBy(bureau, looks, filters.by, clients, consultants);
  const place = new Int32Array(people.length).fill(-1);
  consultants.forEach((one, i) => { place[one] = i; });
  return { clients, consultants, place };
}

/** Sort by the name of the first team that somebody is in; who is in none comes last, and alike ones stay in order. */
function byTeam(numbers, n, teams) {
  const ranks = new Map([...teams].map(({ name }) => name).sort(collator.compare).map((name, i) => [name, i]));
  const rank = new Float64Array(n).fill(Infinity);
  for (const { name, members } of teams) for (const i of members) rank[i] = Math.min(rank[i], ranks.get(name));
  numbers.sort((a, b) => rank[a] - rank[b] || 0);
}

/** Leave only those who are in a pair that changes, both of whom are looked at. */
function onlyChanged(bureau, looks, people, places) {
  const { starts, who, numbers } = bureau;
  const seen = new Uint8Array(people.length);
  for (let client = 0; client < places.length; client++) {
    if (!places[client]) continue;
    let any = 0;
    for (let i = starts[client]; i < starts[client + 1]; i++) {
      if (people[who[i]] && looks[numbers[i]].changed) any = seen[who[i]] = 1;
    }
    places[client] = any;
  }
  people.set(seen);
}

/** What comes first where one consultant or client is sorted by: what changes, then who has most. */
function weight(look) {
  return look ? (look.changed ? 1e6 : 0) + look.holds + (look.text ? 1 : 0) : 0;
}

function sortBy(bureau, looks, by, clients, consultants) {
  if (!by) return;
  const { starts, who, numbers } = bureau;
  const weights = new Map();
  if (by.client !== undefined) {
    for (let i = starts[by.client]; i < starts[by.client + 1]; i++) weights.set(who[i], weight(looks[numbers[i]]));
    consultants.sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
    return;
  }
  for (const client of clients) {
    for (let i = starts[client]; i < starts[client + 1]; i++) {
      if (who[i] === by.consultant) weights.set(client, weight(looks[numbers[i]]));
    }
  }
  clients.sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
}
