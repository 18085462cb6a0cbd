// The two things that the grid shows: clients and consultants pair by pair, and teams and tags with what changes.

/** The matrix itself, of those who are chosen. */
function matrixModel(bureau, looks, chosen, by, sort) {
  const { clients, consultants, place } = chosen;
  const { starts, who, numbers } = bureau;
  const state = (row, column) => {
    const client = clients[row];
    for (let i = starts[client]; i < starts[client + 1]; i++) {
      if (who[i] === consultants[column]) return bureau.states[numbers[i]];
    }
    return undefined;
  };
  const model = {
    rows: clients.length,
    columns: consultants.length,
    corner: say("client"),
    label: say("matrix"),
    width: 54,
    height: 30,
    head: 150,
    wide: false,
    sorted: by && {
      row: by.client === undefined ? -1 : clients.indexOf(by.client),
      column: by.consultant === undefined ? -1 : consultants.indexOf(by.consultant),
    },
    rowName: (row) => bureau.clients[clients[row]],
    columnName: (column) => bureau.consultants[consultants[column]],
    fill(row, from, to, found) {
      const client = clients[row];
      for (let i = starts[client]; i < starts[client + 1]; i++) {
        const column = place[who[i]];
        if (column >= from && column < to) found[column - from] = looks[numbers[i]];
      }
    },
    lines: (row, column) => told(state(row, column)),
    title: (row, column) => say("where", { consultant: model.columnName(column), client: model.rowName(row) }),
    told: (row, column) => `${model.title(row, column)}: ${model.lines(row, column).join("; ")}`,
    sort: (axis, i) => sort(axis === "row" ? { client: clients[i] } : { consultant: consultants[i] }),
  };
  return model;
}

/** For each thing the groups that it is in; the group after the last one where it is in none. */
function groupsOf(n, groups) {
  const found = Array.from({ length: n }, () => []);
  groups.forEach((group, number) => group.members.forEach((i) => found[i].push(number)));
  for (const of of found) if (!of.length) of.push(groups.length);
  return found;
}

const FIGURES = ["adds", "removes", "blocks", "holds"];

/** How much is added, removed, blocked and held in each field of teams and tags. */
function sums(bureau, looks) {
  const teams = groupsOf(bureau.consultants.length, bureau.teams);
  const tags = groupsOf(bureau.clients.length, bureau.tags);
  const across = bureau.tags.length + 1;
  const found = {};
  for (const figure of FIGURES) found[figure] = new Float64Array((bureau.teams.length + 1) * across);
  for (let client = 0; client < tags.length; client++) {
    for (let i = bureau.starts[client]; i < bureau.starts[client + 1]; i++) {
      const look = looks[bureau.numbers[i]];
      for (const team of teams[bureau.who[i]]) {
        for (const tag of tags[client]) {
          const field = team * across + tag;
          for (const figure of FIGURES) found[figure][field] += look[figure];
        }
      }
    }
  }
  return { ...found, across };
}

/** The heat map: teams × tags, all or those where something changes. Whoever is in two teams counts in both. */
function overviewModel(bureau, looks, changes, open) {
  const found = sums(bureau, looks);
  let rows = named(bureau.consultants.length, bureau.teams, "noTeam");
  let columns = named(bureau.clients.length, bureau.tags, "noTag");
  if (changes) {
    const changed = (team, tag) => FIGURES.slice(0, 3).some((one) => found[one][team.number * found.across + tag.number]);
    [rows, columns] = [
      rows.filter((team) => columns.some((tag) => changed(team, tag))),
      columns.filter((tag) => rows.some((team) => changed(team, tag))),
    ];
  }
  const at = (row, column) => rows[row].number * found.across + columns[column].number;
  let most = 1;
  for (const figure of FIGURES.slice(0, 3)) for (const n of found[figure]) most = Math.max(most, n);
  const figures = (row, column) => Object.fromEntries(FIGURES.map((one) => [one, found[one][at(row, column)]]));
  const told = (row, column) => {
    const { adds, removes, blocks, holds } = figures(row, column);
    const [added, removed, blocked, held] = [adds, removes, blocks, holds].map((n) => numerals.format(n));
    return say("delta", { added, removed, blocked, held });
  };
  const title = (row, column) => `${rows[row].name}, ${columns[column].name}`;
  return {
    rows: rows.length,
    columns: columns.length,
    corner: say("team"),
    label: say("overview"),
    width: 132,
    height: 34,
    head: 40,
    wide: true,
    rowName: (row) => rows[row].name,
    columnName: (column) => columns[column].name,
    fill(row, from, to, looks) {
      for (let column = from; column < to; column++) looks[column - from] = heat(figures(row, column), most);
    },
    lines: (row, column) => [told(row, column)],
    title,
    told: (row, column) => `${title(row, column)}: ${told(row, column)}`,
    open: (row, column) => open(rows[row].value, columns[column].value, figures(row, column)),
  };
}

/** Groups as rows or columns of the overview, by name; those in none last, where there are such. */
function named(n, groups, word) {
  const found = groups.map(({ name }, number) => ({ name, number, value: String(number) }));
  found.sort((a, b) => collator.compare(a.name, b.name));
  if (flags(n, groups, "none").some(Boolean)) found.push({ name: say(word), number: groups.length, value: "none" });
  return found;
}

/** How a field of the overview looks: the more happens, the stronger its colour. */
function heat({ adds, removes, blocks, holds }, most) {
  const texts = [["+", adds], ["−", removes], ["!", blocks]].filter(([, n]) => n);
  if (!texts.length) return { text: holds ? numerals.format(holds) : "", tone: "quiet" };
  const tone = removes && removes >= adds ? "loss" : adds ? "gain" : "blocked";
  const strength = Math.ceil(4 * Math.sqrt(Math.max(adds, removes, blocks) / most));
  return {
    text: texts.map(([mark, n]) => `${mark}${numerals.format(n)}`).join(" "),
    tone: `heat ${tone} heat-${strength}`,
  };
}
