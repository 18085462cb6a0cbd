// The page comes to life: dark and light, the tables, the matrix with its choices.

const MOST = 10_000_000; // fields that are drawn as a matrix at all
const FEW = 400; // fields of a matrix that is small enough to be seen whole

const at = (id) => document.getElementById(id);

function theme() {
  const button = at("theme"), root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shows = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const tell = () => button.setAttribute("aria-pressed", shows());
  button.addEventListener("click", () => {
    root.dataset.theme = shows() ? "light" : "dark";
    tell();
  });
  dark.addEventListener("change", tell);
  tell();
}

function options(select, first, groups) {
  select.append(element("option", first, { value: "" }));
  for (const [label, prefix, names, last] of groups) {
    if (!names.length) continue;
    const into = label ? element("optgroup", "", { label }) : select;
    names
      .map((name, i) => [name, `${prefix}${i}`])
      .sort((a, b) => collator.compare(a[0], b[0]))
      .forEach(([name, value]) => into.append(element("option", name, { value })));
    if (last) into.append(element("option", last, { value: `${prefix}none` }));
    if (label) select.append(into);
  }
}

function startMatrix(bureau) {
  const fields = bureau.clients.length * bureau.consultants.length;
  const program = at("program"), view = at("view"), team = at("team"), group = at("group"), changes = at("only-changes"), order = at("order");
  options(program, say("allPrograms"), [["", "", page.programs]]);
  options(team, say("allTeams"), [["", "", page.teams, say("noTeam")]]);
  options(group, say("allClients"), [
    [say("tags"), "tag:", page.tags, say("noTag")],
    [say("portfolios"), "team:", page.portfolios],
  ]);
  if (!page.teams.length && !page.tags.length) view.closest("label").hidden = true;
  const ordered = page.teams.length || page.portfolios.length;
  let looks = looksOf(bureau.states, null), by = null, from = null;
  changes.checked = fields > FEW && looks.some((look) => look.changed);
  if (fields > MOST) view.value = "overview";
  const grid = new Grid(at("grid"), (active) => detail(grid.model, active));

  const filters = () => {
    const [kind, number] = group.value.split(":");
    return {
      clients: at("find-clients").value,
      consultants: at("find-consultants").value,
      team: team.value,
      tag: kind === "tag" ? number : "",
      portfolio: kind === "team" ? number : "",
      changes: changes.checked,
      order: ordered ? order.value : "name",
      by,
    };
  };
  const open = (teamOf, tagOf, { adds, removes, blocks }) => {
    from = { ...grid.active };
    team.value = teamOf;
    group.value = `tag:${tagOf}`;
    at("find-clients").value = at("find-consultants").value = "";
    changes.checked = adds + removes + blocks > 0;
    view.value = "matrix";
    by = null;
    update();
    grid.go(0, 0);
  };
  const sort = (wanted) => {
    const { row, column } = grid.active;
    by = JSON.stringify(by) === JSON.stringify(wanted) ? null : wanted;
    update();
    if (row < 0) grid.go(-1, by ? grid.model.sorted.column : column);
    else grid.go(by ? grid.model.sorted.row : row, -1);
  };
  const update = () => {
    const overview = view.value === "overview";
    for (const one of document.querySelectorAll(".of-matrix")) one.hidden = overview;
    order.closest("label").hidden = overview || !ordered;
    at("back").hidden = overview || !from;
    if (overview) showOverview();
    else showMatrix();
  };
  const showMatrix = () => {
    const chosen = choose(bureau, looks, filters());
    const shown = { clients: chosen.clients.length, consultants: chosen.consultants.length };
    const status = say("shown", {
      clients: numerals.format(shown.clients),
      allClients: numerals.format(bureau.clients.length),
      consultants: numerals.format(shown.consultants),
      allConsultants: numerals.format(bureau.consultants.length),
    });
    const much = shown.clients * shown.consultants > MOST;
    showGrid(much ? null : matrixModel(bureau, looks, chosen, by, sort), [status, much ? say("tooMany") : ""]);
  };
  const showOverview = () => {
    const model = overviewModel(bureau, looks, changes.checked, open);
    showGrid(model, [say("fields", { teams: numerals.format(model.rows), tags: numerals.format(model.columns) })]);
  };
  const showGrid = (model, texts) => {
    const empty = model && (!model.rows || !model.columns);
    at("grid").hidden = !model || empty;
    at("matrix-status").textContent = [...texts, empty ? say("nothing") : ""].join(" ").trim();
    if (model && !empty) grid.show(model);
    else at("detail").replaceChildren();
  };
  const back = () => {
    view.value = "overview";
    update();
    grid.go(from.row, from.column);
  };

  for (const id of ["find-clients", "find-consultants"]) at(id).addEventListener("input", update);
  for (const one of [view, team, group, order, changes]) one.addEventListener("change", update);
  program.addEventListener("change", () => {
    looks = looksOf(bureau.states, program.value === "" ? null : Number(program.value));
    update();
  });
  at("grid").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && from && view.value === "matrix") back();
  });
  at("back").addEventListener("click", back);
  at("matrix-needs").hidden = true;
  at("matrix-app").hidden = false;
  update();
}

/** What is known of the active field, in words. */
function detail(model, active) {
  const box = at("detail");
  box.replaceChildren();
  if (!active) return;
  const lines = element("ul");
  lines.append(...model.lines(active.row, active.column).map((line) => element("li", line)));
  box.append(element("h3", model.title(active.row, active.column)), lines);
}

for (const one of document.querySelectorAll(".script")) one.hidden = false;
if (at("theme")) theme(); // a site has no such button: its pages follow what the system says
for (const table of document.querySelectorAll("#plan table")) sortable(table);
findInPlan();
if ("DecompressionStream" in window) {
  readBureau().then((bureau) => {
    startMatrix(bureau);
    document.documentElement.dataset.ready = "";
  });
}
